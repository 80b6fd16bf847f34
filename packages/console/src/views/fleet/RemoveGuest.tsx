import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useTexts } from '../../app/language.js'
import { useSession } from '../../app/session.js'
import { shellTexts } from '../../app/texts/index.js'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { plainText } from '../../ui/plain-text.js'
import { texts } from './texts.js'

/** Asks once more, and removes a guest. */
export function RemoveGuest({ id, onClose }: { id: string; onClose: () => void }): VNode {
  const t = useTexts(texts)
  const { cancel } = useTexts(shellTexts)
  const { hub, fleet } = useSession()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const remove = async (): Promise<void> => {
    setBusy(true)
    try {
      await hub.action('remove_guest', { guest: id })
      fleet.forget(id)
      onClose()
    } catch (reason) {
      setBusy(false)
      setError(reason)
    }
  }
  return (
    <Dialog title={t.remove(plainText(id))} onClose={onClose}>
      <p>{t.removeWhy}</p>
      {error !== undefined && <ErrorText error={error} />}
      <div class="dialog-foot">
        <Button onClick={onClose}>{cancel}</Button>
        <Button kind="danger" disabled={busy} onClick={() => void remove()}>
          {t.removeDo}
        </Button>
      </div>
    </Dialog>
  )
}
