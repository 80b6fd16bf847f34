import { createHub, type Hub, type HubShape } from '@guestool/client'
import { textOf } from '@guestool/core'
import { paint, print } from './output.js'
import { printable } from './text.js'

/** What a host says of what happens, as a line or as JSON. */
export interface LogEntry {
  readonly what: string
  /** Unix seconds. @default now */
  readonly ts?: number
  readonly guest?: string
  readonly text: string
}

type Event = HubShape['info']['timeline']['result'][number]

/** Milliseconds between looks. */
const look = 1_000

/**
 * Tells what becomes of guests, and who is not let in: what the host's own timeline says, asked as any console would.
 * Ends when it is closed.
 */
export function followTimeline(url: string, token: string, log: (entry: LogEntry) => void): Hub {
  const hub = createHub(url, { token })
  hub.on('error', (error) => log({ what: 'error', text: `its own log: ${textOf(error)}` }))
  const follow = async (): Promise<void> => {
    let told = 0
    let toldThen = new Set<string>()
    for await (const events of hub.watch('timeline', { limit: 1_000 }, { every: look })) {
      for (const event of events.toReversed()) {
        // Two may be of the same moment.
        const key = JSON.stringify(event)
        if (event.ts < told || (event.ts === told && toldThen.has(key))) continue
        if (event.ts > told) toldThen = new Set()
        told = event.ts
        toldThen.add(key)
        log({ what: event.what, ts: event.ts, guest: event.guest, text: sentence(event) })
      }
    }
  }
  // A refusal was an `error` event already.
  void follow().catch(() => undefined)
  return hub
}

function sentence({ what, reason, address }: Event): string {
  const from = address === null ? '' : ` from ${address}`
  switch (what) {
    case 'joined':
      return `joined${from}`
    case 'restarted':
      return `joined${from}, after a restart`
    case 'left':
      return reason === '' ? 'left' : `left: ${reason}`
    case 'unresponsive':
      return 'does not answer'
    case 'alive':
      return 'answers again'
    case 'refused':
      return `was not let in${from}: ${reason}`
  }
}

export function logLine({ what, ts = Date.now() / 1_000, guest, text }: LogEntry): void {
  const time = new Date(ts * 1_000).toTimeString().slice(0, 8)
  const line = printable(guest === undefined ? text : `${guest || 'somebody'} ${text}`)
  const colour = what === 'error' || what === 'refused' || what === 'unresponsive' ? paint.red : String
  print(`${paint.dim(time)}  ${colour(line)}`)
}
