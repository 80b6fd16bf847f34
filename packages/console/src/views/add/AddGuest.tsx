import type { GuestRecord } from '@guestool/client'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { useTexts } from '../../app/language.js'
import { useSession } from '../../app/session.js'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { withPage, type Address } from './address.js'
import { Invitation, type Invited } from './Invitation.js'
import { momentBefore } from './joining.js'
import { NameForm } from './NameForm.js'
import { texts } from './texts.js'
import './add.css'

export function AddGuest({ onClose }: { onClose: () => void }): VNode {
  const words = useTexts(texts)
  const session = useSession()
  const about = useCell(session.about)
  const [invited, setInvited] = useState<Invited>()
  /** The line was copied, or used. */
  const [saved, setSaved] = useState(false)
  const [leaving, setLeaving] = useState(false)
  // What was shown once is not shown again: nobody should lose it by a key pressed by chance.
  const close = (): void => {
    if (invited === undefined || invited.token === null || saved) onClose()
    else setLeaving(true)
  }
  const another = (): void => {
    setInvited(undefined)
    setSaved(false)
    setLeaving(false)
  }
  return (
    <Dialog title={invited === undefined ? words.title : `${words.title}: ${invited.id}`} onClose={close}>
      {leaving && !saved && <Leaving onLeave={onClose} onStay={() => setLeaving(false)} />}
      {about !== undefined && !about.access.admin ? (
        <div class="add-name">
          <p>
            <strong>{words.notAdmin}</strong> {words.notAdminHelp}
          </p>
          <pre class="command">guestool login-link</pre>
        </div>
      ) : (
        <Adding
          invited={invited}
          onInvited={setInvited}
          onSaved={() => setSaved(true)}
          onAnother={another}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

function Leaving({ onLeave, onStay }: { onLeave: () => void; onStay: () => void }): VNode {
  const words = useTexts(texts)
  const room = useRef<HTMLDivElement>(null)
  // The dialog may be scrolled to its end.
  useEffect(() => {
    room.current?.scrollIntoView({ block: 'center' })
    room.current?.querySelector('button')?.focus()
  }, [])
  return (
    <div ref={room} class="add-warning line" role="alert">
      <p>{words.leave}</p>
      <Button onClick={onStay}>{words.stay}</Button>
      <Button kind="danger" onClick={onLeave}>
        {words.close}
      </Button>
    </div>
  )
}

interface AddingProps {
  readonly invited: Invited | undefined
  readonly onInvited: (invited: Invited) => void
  readonly onSaved: () => void
  readonly onAnother: () => void
  readonly onClose: () => void
}

function Adding({ invited, onInvited, onSaved, onAnother, onClose }: AddingProps): VNode {
  const words = useTexts(texts)
  const { hub, fleet, url, state } = useSession()
  const open = useCell(state) === 'open'
  const [known, setKnown] = useState<ReadonlyMap<string, GuestRecord>>(new Map())
  const [addresses, setAddresses] = useState<readonly Address[]>([])
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  // The host may be another one after a restart, with other addresses and guests; what fails may be news, too.
  useEffect(() => {
    if (!open) return
    void hub.info('addresses').then(
      (all) => setAddresses(withPage(all, url)),
      () => setAddresses(withPage([], url)),
    )
    void hub.guests().then(
      (all) => setKnown(new Map(all.map((guest) => [guest.id, guest]))),
      () => undefined,
    )
  }, [hub, url, open, invited, error])

  const add = async (id: string, replace: boolean): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      const since = await momentBefore(hub, id)
      const { token } = await hub.action('add_guest', { guest: id, replace })
      onInvited({ id, token, since })
      fleet.refresh()
    } catch (reason) {
      setError(reason)
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      {!open && <p class="add-warning">{words.offline}</p>}
      {invited === undefined ? (
        <NameForm
          known={known}
          busy={busy || !open}
          error={error}
          onAdd={(id, replace) => void add(id, replace)}
        />
      ) : (
        <Invitation
          key={invited.id}
          invited={invited}
          addresses={addresses}
          onSaved={onSaved}
          onAnother={onAnother}
          onClose={onClose}
        />
      )}
    </>
  )
}
