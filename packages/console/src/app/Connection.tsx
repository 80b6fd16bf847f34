import type { VNode } from 'preact'
import { Badge, type Tone } from '../ui/Badge.js'
import { useCell } from './cell.js'
import { useTexts } from './language.js'
import type { Session } from './session.js'
import { shellTexts } from './texts/index.js'

const tones = {
  connecting: 'idle',
  open: 'good',
  reconnecting: 'warn',
  closed: 'bad',
} as const satisfies Record<Session['state']['value'], Tone>

/** How the connection is: always to be seen. */
export function Connection({ session }: { session: Session }): VNode {
  const texts = useTexts(shellTexts)
  const state = useCell(session.state)
  const trouble = useCell(session.trouble)
  const waits = state !== 'open' && trouble !== undefined
  return (
    <div class="connection" role="status" data-state={state}>
      <Badge
        tone={state === 'connecting' && waits ? 'warn' : tones[state]}
        title={waits ? texts.connectionHelp : ''}
      >
        <span class={state === 'open' ? 'wide' : ''}>{texts.connection[state]}</span>
      </Badge>
      {waits && <p class="connection-help">{texts.connectionHelp}</p>}
    </div>
  )
}
