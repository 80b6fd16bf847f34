// Guests in a process of their own: one, or some hundred.
import { setTimeout as pause } from 'node:timers/promises'
import {
  isGuestoolError,
  limits,
  webSocketDial,
  type BackoffOptions,
  type ConnectionState,
} from '@guestool/core'
import { createGuest, type Guest } from '@guestool/guest'
import { WebSocket } from 'ws'
import { contract, unsupported, type WorldShape } from './contract.js'
import { Journal } from './journal.js'
import { obey } from './obey.js'
import { vitals, type Vitals } from './vitals.js'

interface GuestsOptions {
  /** Where the host is: `ws://127.0.0.1:…` */
  readonly url: string
  readonly ids: readonly string[]
  /** Where each run of an action is written down. */
  readonly journal: string
  /** Left out, it is that of any guest. */
  readonly backoff?: BackoffOptions
}

export type GuestsOrders = {
  come(options: GuestsOptions): void
  /** Some leave for good, with a word. */
  leave(ids: readonly string[]): Promise<void>
  states(nothing: null): { [S in ConnectionState]?: number }
  /** Why some do not dial any more. */
  refusals(nothing: null): string[]
  /** When each dialled, since this was asked before: milliseconds since 1970. */
  dials(nothing: null): number[]
  vitals(nothing: null): Promise<Vitals>
  close(nothing: null): Promise<void>
}

const startedAt = Date.now() / 1_000
const guests = new Map<string, Guest<WorldShape>>()
const refusals: string[] = []
let dials: number[] = []

function come({ url, ids, journal, backoff }: GuestsOptions): void {
  const runs = new Journal(journal)
  for (const id of ids) {
    const dial = webSocketDial(WebSocket, { url: `${url}/join/${id}`, maxPayload: limits.maxPayload })
    const guest: Guest<WorldShape> = createGuest(`${url}/join/${id}`, {
      contract,
      info: {
        ...unsupported,
        // What a host asks by itself, to know how each is.
        time: () => ({ system: 1, nonebot: 1, system_ts: startedAt, nonebot_ts: startedAt }),
        async echo({ tag, wait, size }, { signal }) {
          if (wait > 0) await pause(wait, undefined, { signal })
          return { guest: id, tag, filler: 'x'.repeat(size) }
        },
        sample: () => ({ guest: id, at: Date.now() }),
      },
      action: {
        'matcher/list': 'unsupported',
        'matcher/info': 'unsupported',
        'matcher/hack': 'unsupported',
        'matcher/remove': 'unsupported',
        async mark({ id: mark, wait }, { signal }) {
          runs.write(mark, id)
          guest.emit('marked', { id: mark })
          if (wait > 0) await pause(wait, undefined, { signal })
          return { guest: id, id: mark }
        },
      },
      dial: (receiver, token) => {
        dials.push(Date.now())
        return dial(receiver, token)
      },
      ...(backoff && { backoff }),
    })
    guest.on('error', (error) => {
      if (isGuestoolError(error) && error.code === 'refused') refusals.push(`${id}: ${error.message}`)
    })
    guests.set(id, guest)
  }
}

async function leave(ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      const guest = guests.get(id)
      guests.delete(id)
      await guest?.close()
    }),
  )
}

obey({
  come,
  leave,
  states() {
    const states: { [S in ConnectionState]?: number } = {}
    for (const { state } of guests.values()) states[state] = (states[state] ?? 0) + 1
    return states
  },
  refusals: () => refusals,
  dials() {
    const since = dials
    dials = []
    return since
  },
  vitals,
  close: () => leave([...guests.keys()]),
} satisfies GuestsOrders)
