import type { ComponentChildren, VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { shellTexts } from '../app/texts/index.js'
import { useTexts } from '../app/language.js'

export interface DialogProps {
  readonly title: string
  /** Escape, the cross. */
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A modal dialog: the browser's own keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const texts = useTexts(shellTexts)
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="button button-quiet" aria-label={texts.close} onClick={() => onClose()}>
          ✕
        </button>
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}
