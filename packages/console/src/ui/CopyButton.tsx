import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useTexts, type Texts } from '../app/language.js'
import { Button, type ButtonProps } from './Button.js'
import { copyText } from './copy.js'

const en = { copied: 'Copied ✓', failed: 'Select it and press Ctrl+C' }
const zh: Texts<typeof en> = { copied: '已复制 ✓', failed: '请选中后按 Ctrl+C' }

export interface CopyButtonProps extends Pick<ButtonProps, 'kind'> {
  readonly text: string
  readonly label: string
  readonly onCopied?: () => void
}

/** Copies a text, and says for a moment whether that went well. */
export function CopyButton({ text, label, kind, onCopied }: CopyButtonProps): VNode {
  const texts = useTexts({ en, zh })
  const [done, setDone] = useState<'copied' | 'failed' | undefined>()
  useEffect(() => {
    if (done === undefined) return
    const timer = setTimeout(() => setDone(undefined), 2_000)
    return () => clearTimeout(timer)
  }, [done])
  const copy = async (): Promise<void> => {
    const copied = await copyText(text)
    setDone(copied ? 'copied' : 'failed')
    if (copied) onCopied?.()
  }
  return (
    <Button {...(kind && { kind })} onClick={() => void copy()}>
      <span aria-live="polite">{done === undefined ? label : texts[done]}</span>
    </Button>
  )
}
