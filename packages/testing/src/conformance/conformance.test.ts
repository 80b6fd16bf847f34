import {
  Acceptor,
  Connection,
  dispatch,
  guestool,
  revision1,
  revision2,
  SessionRequester,
  SessionResponder,
  type HandlerTable,
} from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { MemoryAddress } from '../memory-address.js'
import type { MemoryEnd } from '../memory-end.js'
import { memoryPair } from '../memory-pair.js'
import { frame } from '../peer/frames.js'
import { Peer } from '../peer/peer.js'
import { PythonGuest } from '../python/guest.js'
import { recorded } from '../python/recorded.js'
import { SessionAsker } from '../stage.js'
import { VirtualClock } from '../virtual-clock.js'
import type { Asker } from './asked-talk.js'
import { requesterConformance, type RequesterSubject } from './requester.js'
import { responderConformance, type ResponderSubject } from './responder.js'

// The suite over the memory pair, against the least that core makes a guest, a host and a client of.

const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })
const event = { name: 'bot_online', data: { bot: '10001' } }

let clock: VirtualClock

beforeEach(() => {
  clock = new VirtualClock()
})

afterEach(async () => {
  await clock.advance(3_000)
  expect(clock.timers).toBe(0)
})

const info: HandlerTable = Object.fromEntries(
  [...guestool.info.keys()].map((name) => [name, () => JSON.parse(recorded.get(name) ?? 'null')]),
)

const revisions = { 1: revision1, 2: revision2 }

/** What a connection made of core needs beside its role. */
const dialling = (address: MemoryAddress, revision: 1 | 2) => ({
  dial: address.dial,
  revision: revisions[revision],
  clock,
  backoff: { base: 1_000, cap: 30_000 },
  peer: 'memory',
})

type Change = (text: string, peer: Peer) => string | undefined

/** What comes is changed before the suite sees it; it waits briefly for what does not come. */
class ChangedPeer extends Peer {
  readonly #change: Change | undefined

  constructor(end: MemoryEnd, change: Change | undefined) {
    super(end, change === undefined ? undefined : 20)
    this.#change = change
  }

  override text(text: string): void {
    const changed = this.#change === undefined ? text : this.#change(text, this)
    if (changed !== undefined) super.text(changed)
  }
}

/** An address whose acceptor is the suite's own peer. */
function heldAddress() {
  const peers: Peer[] = []
  const address = new MemoryAddress((end) => {
    const peer = new Peer(end)
    peers.push(peer)
    return peer
  })
  return { address, peers }
}

async function guest(revision: 1 | 2): Promise<ResponderSubject> {
  const { address, peers } = heldAddress()
  const connection = new Connection<SessionResponder>({
    ...dialling(address, revision),
    role: (session) => new SessionResponder(session, { answer: dispatch(contract, { info, action: {} }) }),
  })
  await clock.settle()
  return {
    peer: peers[0]!,
    emit: () => void connection.session?.role.emit(event.name, event.data),
    close: () => void connection.close(),
  }
}

/** @param change what becomes of each frame of the host on its way to the suite; undefined loses it */
async function host(change?: Change): Promise<RequesterSubject> {
  const pair = memoryPair()
  const asker = new SessionAsker(contract, clock, 'alpha')
  const peer = new ChangedPeer(pair.dialler, change)
  pair.dialler.attach(peer)
  const acceptors: Acceptor<SessionRequester>[] = []
  const opened = new Promise<Asker>((resolve) => {
    acceptors.push(
      new Acceptor(pair.acceptor, {
        clock,
        role: (session) => new SessionRequester(session, (heard) => asker.hear(heard)),
        opened: (session) => {
          asker.session = session
          resolve(asker)
        },
        closed: () => undefined,
      }),
    )
  })
  for (const acceptor of acceptors) pair.acceptor.attach(acceptor)
  await clock.settle()
  return {
    peer,
    asker: opened,
    close() {
      for (const acceptor of acceptors) acceptor.end({ code: 1000, reason: '', byUs: true })
    },
  }
}

async function client(revision: 1 | 2): Promise<RequesterSubject> {
  const { address, peers } = heldAddress()
  const asker = new SessionAsker(contract, clock, undefined)
  const connection = new Connection<SessionRequester>({
    ...dialling(address, revision),
    role: (session) => new SessionRequester(session, (heard) => asker.hear(heard)),
  })
  const opened = connection.opened(10_000, undefined).then(() => {
    asker.session = connection.session
    return asker
  })
  await clock.settle()
  return { peer: peers[0]!, asker: opened, close: () => void connection.close() }
}

describe('a guest made of core', () => {
  const cases = responderConformance({ connect: guest, contract, event })
  test.each(cases)('$name', ({ run }) => run())
})

describe('a host made of core', () => {
  const cases = requesterConformance({ connect: () => host(), event })
  test.each(cases)('$name', ({ run }) => run())
})

describe('a client made of core', () => {
  const cases = requesterConformance({ connect: client, side: 'dialler', event })
  test.each(cases)('$name', ({ run }) => run())
})

/** Params with which nothing takes time. */
const instantly = (name: string): object =>
  guestool.info.get(name)?.sampling === undefined ? {} : { smptime: 0 }

// A suite that everything passes proves nothing: the public guest's quirks are seen, and nothing else is.
const python = async (): Promise<ResponderSubject> => {
  const peers: Peer[] = []
  const address = new MemoryAddress((end) => {
    const peer = new Peer(end, 20)
    peers.push(peer)
    return peer
  })
  const running = new PythonGuest(address.dial, { clock })
  await clock.settle()
  return { peer: peers[0]!, close: () => running.kill() }
}

describe('the scripted Python guest', () => {
  const cases = responderConformance({ connect: python, revisions: [2], params: instantly })

  const quirks = [
    'runs a request once: a copy of it is dropped',
    'refuses a name that it does not know',
    'rejects an operation that is none',
    'refuses params that do not fit, and says where',
    'refuses params that it does not know',
    'refuses a key __proto__, however it is written',
    'refuses params that are no object',
    'lives through nothing',
    'lives through text that is not JSON',
    'lives through a byte order mark',
    'lives through half a document',
    'lives through a numeric opid',
    'lives through an opid that is null',
    'lives through an opid that is no uuid4',
    'lives through no opnm and rejects it',
    'lives through an opnm that is null and rejects it',
    'lives through no opct and rejects it',
    'lives through two documents and rejects it',
    'lives through a bare NaN and rejects it',
    'lives through a binary frame',
    'closes 4400 at more than 16 bad frames, binary ones among them',
  ].map((name) => `revision 2: ${name}`)

  test.each(cases)('$name', async ({ name, run }) => {
    const outcome = await run().then(
      () => 'passes',
      (error: unknown) => (error instanceof Error ? 'fails' : error),
    )
    expect(outcome).toBe(quirks.includes(name) ? 'fails' : 'passes')
  })

  test('every quirk is a case', () => {
    expect(quirks.filter((quirk) => !cases.some(({ name }) => name === quirk))).toEqual([])
  })
})

/** The cases that a host fails whose frames are changed. */
async function failing(change: Change): Promise<string[]> {
  const cases = requesterConformance({ connect: () => host(change), revisions: [1] })
  const failed: string[] = []
  for (const { name, run } of cases) await run().catch(() => failed.push(name.replace('revision 1: ', '')))
  return failed
}

describe('a host that is wrong fails the case that is about it', () => {
  test('it re-serialises hello', async () => {
    const failed = await failing((text) => (text.includes('hello') ? JSON.stringify(JSON.parse(text)) : text))
    expect(failed).toContain('echoes hello byte for byte, before anything else: as Python writes it')
    expect(failed).toContain('echoes hello byte for byte, before anything else: with odd spacing and order')
    expect(failed).not.toContain('takes replies in any order')
  })

  test('it answers rejections', async () => {
    const failed = await failing((text, peer) => {
      if (text.includes('"bots"')) queueMicrotask(() => peer.waiting.unshift(frame('x', '/event', {})))
      return text
    })
    expect(failed).toContain('settles a call with the code of its rejection, and answers no rejection')
  })

  test('it sends defaults', async () => {
    const failed = await failing((text) => text.replace('{"info":"cpu"}', '{"info":"cpu","smptime":0.1}'))
    expect(failed).toEqual(['asks with the keys that its caller gave, and no others'])
  })

  test('it keeps quiet about replies to nothing', async () => {
    const failed = await failing((text) => (text.includes('unknown_opid') ? undefined : text))
    expect(failed).toContain('rejects a reply to nothing once, as unknown_opid')
  })
})
