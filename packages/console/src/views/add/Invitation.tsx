import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { useTexts } from '../../app/language.js'
import { goTo } from '../../app/route.js'
import { useSession } from '../../app/session.js'
import { Button } from '../../ui/Button.js'
import { firstChoice, joinUrl, type Address } from './address.js'
import { AddressPicker } from './AddressPicker.js'
import { Joining } from './joining.js'
import { Steps } from './Steps.js'
import { texts } from './texts.js'
import { Ways } from './Ways.js'

/** A guest that was added: its token is saved, and nobody has used it yet. */
export interface Invited {
  readonly id: string
  readonly token: string | null
  /** What the hub knew before, in Unix seconds. */
  readonly since: number
}

export interface InvitationProps {
  readonly invited: Invited
  readonly addresses: readonly Address[]
  /** The line is not needed any more: it was copied, or the guest is in. */
  readonly onSaved: () => void
  readonly onAnother: () => void
  readonly onClose: () => void
}

export function Invitation(props: InvitationProps): VNode {
  const { invited, addresses, onSaved, onAnother, onClose } = props
  const { id, token, since } = invited
  const words = useTexts(texts)
  const { hub, url } = useSession()
  const joining = useMemo(() => new Joining(hub, id, since), [hub, invited])
  useEffect(() => joining.follow(), [joining])
  const progress = useCell(joining.progress)
  const [picked, setPicked] = useState<Address>()
  const chosen = picked ?? firstChoice(addresses) ?? { kind: 'page', url, open: true }
  const done = progress.steps.value === 'done'
  useLayoutEffect(() => {
    if (done) onSaved()
  }, [done])
  return (
    <>
      <AddressPicker addresses={addresses} chosen={chosen} onChoose={setPicked} />
      <Ways url={joinUrl(chosen.url, id, token)} onCopied={onSaved} />
      <p class="note">{token === null ? words.line.noToken : words.line.secret}</p>
      <Steps progress={progress} address={chosen.url} />
      {done && (
        <p class="add-done" role="status">
          {words.done(id)}
        </p>
      )}
      <div class="dialog-foot">
        <Button kind="quiet" onClick={onAnother}>
          {words.another}
        </Button>
        {done && (
          <Button
            kind="main"
            onClick={() => {
              onClose()
              goTo({ view: 'guest', id })
            }}
          >
            {words.open}
          </Button>
        )}
      </div>
    </>
  )
}
