import { createClient } from '@guestool/client'
import {
  guestool,
  pause,
  revision1,
  revision2,
  type ContractTypes,
  type Dial,
  type Event,
  type HandlerContext,
  type Message,
  type OperationKind,
  type Requester,
  type Revision,
} from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { createHost, type Host } from '@guestool/server'
import { memoryPair, type MemoryEnd, type VirtualClock } from '@guestool/testing'
import * as z from 'zod'

/** A real peer, and what it can be told to do that it would not do by itself. */
export interface Party {
  /** Says what a message says: asks, emits, says bye. The peer finds its own words and its own `opid`. */
  say(message: Message): void
  close(): void
  /** How its calls ended, in that order: a result, or an error. */
  readonly outcomes: unknown[]
  /** The events that it was told. */
  readonly events: Event[]
}

/** The page's example results, by kind and name. */
export type Results = ReadonlyMap<string, unknown>

export interface Stage {
  readonly clock: VirtualClock
  readonly revision: 1 | 2
  readonly results: Results
}

// The page's only event; and an info that some ask for and nobody has.
const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })
const askers = contract.extend({ info: { weather: { result: z.object({ sky: z.string() }) } } })

export function realGuest(dial: Dial, stage: Stage): Party {
  const { clock, revision } = stage
  const tables = handlers(stage)
  const guest = createGuest('ws://page.invalid/join/alpha', { contract, dial, clock, revision, ...tables })
  return {
    outcomes: [],
    events: [],
    say(message) {
      const event = wordsOf(revision).readEvent(message)
      if (event === undefined) void guest.close()
      // As the page has it; what does not fit throws.
      else guest.emit(event.name as 'bot_online', event.data as { bot: string })
    },
    close: () => void guest.close(),
  }
}

export function realConsole(dial: Dial, { clock, revision }: Stage): Party {
  const client = createClient('ws://page.invalid/guests/alpha', { contract: askers, dial, clock, revision })
  return askingParty(client, revision, () => void client.close())
}

export function realHost(end: MemoryEnd, { clock, revision }: Stage): Party {
  const host = createHost({ contract: askers, clock, history: false })
  admit(host, end, '/join/alpha')
  let guest: Party | undefined
  host.on('guest', (joined) => {
    guest = askingParty(joined, revision, () => void joined.close())
  })
  return {
    get outcomes() {
      return guest?.outcomes ?? []
    },
    get events() {
      return guest?.events ?? []
    },
    say: (message) => guest?.say(message),
    close: () => void host.close(),
  }
}

/**
 * A host as a console sees it, one of the guest `alpha` or of the whole hub: with that guest, as real as itself, which
 * answers, and does what an event of the page tells of it.
 */
export function realHub(end: MemoryEnd, stage: Stage, whole: boolean): Party {
  const host = createHost({ contract, clock: stage.clock, history: false })
  const guest = realGuest((receiver) => {
    const pair = memoryPair()
    pair.dialler.attach(receiver)
    admit(host, pair.acceptor, '/join/alpha')
    return pair.dialler
  }, stage)
  admit(host, end, whole ? '/guests' : '/guests/alpha')
  const close = (): void => {
    guest.close()
    void host.close()
  }
  const say = (message: Message): void => {
    const address = '/guests/alpha'
    if (message.opnm.startsWith(`${address}/`))
      return guest.say({ ...message, opnm: message.opnm.slice(address.length) })
    // Of what the hub itself tells the page has this alone.
    if (wordsOf(stage.revision).readEvent(message)?.name === 'guest_left') return guest.close()
    close()
  }
  return { outcomes: [], events: [], say, close }
}

function admit(host: Pick<Host, 'accept'>, end: MemoryEnd, url: string): void {
  const open: Dial = (receiver) => {
    end.attach(receiver)
    return end
  }
  host.accept(open, { url, headers: { host: 'localhost' }, address: undefined })
}

/** What asks, whether a client or a guest of a host. */
function askingParty(
  requester: Requester<ContractTypes<typeof askers>>,
  revision: 1 | 2,
  close: () => void,
): Party {
  const outcomes: unknown[] = []
  const events: Event[] = []
  requester.onEvent('bot_online', (data) => events.push({ name: 'bot_online', data }))
  return {
    outcomes,
    events,
    say(message) {
      const request = wordsOf(revision).readRequest(message)
      if (request === undefined) return close()
      const { kind, name, params } = request
      // The page may ask for anything; names and params that do not fit fail the call.
      const ask = requester[kind].bind(requester) as (name: string, params: unknown) => Promise<unknown>
      ask(name, params).then(
        (result) => outcomes.push(result),
        (error: unknown) => outcomes.push(error),
      )
    },
    close,
  }
}

/** Handlers that answer with the page's example results; what samples takes its time. */
function handlers({ clock, results }: Stage) {
  const table = (kind: OperationKind) =>
    Object.fromEntries(
      [...contract[kind].values()].map(({ name, sampling }) => {
        const run = async (params: Record<string, unknown>, { signal }: HandlerContext): Promise<unknown> => {
          if (sampling !== undefined) await pause(clock, Number(params[sampling]) * 1000, signal)
          return results.get(`${kind} ${name}`)
        }
        return [name, run]
      }),
    )
  const action = {
    ...table('action'),
    'matcher/info': ({ id }: { id: string }) => {
      if (id === 'nobody') throw new Error('there is no matcher nobody')
      return results.get('action matcher/info')
    },
    'matcher/remove': 'unsupported',
  }
  // The guest holds what these return against the contract.
  return { info: table('info') as never, action: action as never }
}

function wordsOf(revision: 1 | 2): Revision {
  return revision === 1 ? revision1 : revision2
}
