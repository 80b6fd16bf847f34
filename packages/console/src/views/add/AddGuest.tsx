import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { Dialog } from '../../ui/Dialog.js'
import { texts } from './texts.js'

export function AddGuest({ onClose }: { onClose: () => void }): VNode {
  const { title } = useTexts(texts)
  return (
    <Dialog title={title} onClose={onClose}>
      {title}
    </Dialog>
  )
}
