import { createHub } from '@guestool/client'
import { createGuest, type Guest } from '@guestool/guest'
import { guestool, newOpid, revision1, revision2, type Contract, type Dial } from '@guestool/core'
import {
  frame,
  Peer,
  readFrame,
  requesterConformance,
  responderConformance,
  type RawPeer,
  type RequesterSubject,
  type ResponderSubject,
} from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import * as z from 'zod'
import { createHost, type GuestConnection, type Host } from './index.js'
import { cleanups, cleanUp } from './sockets.test.kit.js'
import { fixedInfos, HostStage } from './stage.test.kit.js'

// What everything that asks must do, tried on a host's guest; what everything that answers must do, on its consoles.

const event = { name: 'bot_online', data: { bot: '10001' } } as const
const contract = guestool.extend({ event: { bot_online: z.object({ bot: z.string() }) } })
type Own = typeof contract extends Contract<infer S> ? S : never

let stage: HostStage<Own>

beforeEach(() => {
  stage = new HostStage(contract)
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
  await cleanUp()
})

/** The next guest of a host, asked by names that no compiler checked. */
function nextGuest(host: Host<Own>): RequesterSubject['asker'] {
  return new Promise((resolve) => {
    host.on('guest', (guest: GuestConnection<any>) => resolve(guest))
  })
}

function fixedGuest(dial: Dial, revision: 1 | 2): Guest<Own> {
  return createGuest('ws://localhost/join/alpha', {
    contract,
    dial,
    revision,
    clock: stage.clock,
    action: 'unsupported',
    info: fixedInfos,
  })
}

async function memoryGuest(): Promise<RequesterSubject> {
  const asker = nextGuest(stage.host)
  const peer = stage.peer('/join/alpha')
  await peer.ready
  return { peer, asker, close: () => undefined }
}

async function socketGuest(): Promise<RequesterSubject> {
  const host = createHost({ contract, history: false })
  cleanups.push(() => host.close())
  const asker = nextGuest(host)
  const { url } = await host.listen(0)
  const socket = new WebSocket(`${url}/join/alpha`)
  const peer: Peer = new Peer({
    send: (text) => socket.send(text),
    sendBinary: () => socket.send(new Uint8Array(1)),
    close: (code, reason) => socket.close(code, reason),
  })
  socket.on('open', () => peer.opened())
  socket.on('message', (data: Buffer) => peer.text(data.toString('utf8')))
  socket.on('close', (code, reason) => peer.closed(code, String(reason)))
  await peer.ready
  return { peer, asker, close: () => host.close() }
}

describe.each([
  ['in memory', memoryGuest],
  ['over ws', socketGuest],
])('a host’s guest, %s', (_, connect) => {
  test.each(requesterConformance({ connect, event }))('$name', ({ run }) => run())
})

describe.each([1, 2] as const)('a guest of a hub, asked by a console of revision %i', (revision) => {
  const connect = async (): Promise<RequesterSubject> => {
    const hub = createHub('ws://localhost', {
      contract,
      revision,
      clock: stage.clock,
      dial: stage.dial('/guests'),
    })
    await stage.clock.settle()
    const guest: any = hub.guest('alpha')
    // Events have to be asked for, which takes a moment; the suite expects them at once.
    guest.onEvent(event.name, () => undefined)
    await stage.clock.settle()
    const asker = nextGuest(stage.host).then(() => guest)
    const peer = stage.peer('/join/alpha')
    await peer.ready
    return { peer, asker, close: () => hub.close() }
  }
  // What a host finds wrong with a guest's connection or its reply it tells in codes that travel: a loss is `gone`, and
  // what is not JSON or holds `__proto__` is `failed`. The suite wants the codes of whoever reads that itself.
  const toldOtherwise = /fails what is in flight when|whose reply is not JSON|whose reply has a key __proto__/
  const suite = requesterConformance({ connect, event }).filter(({ name }) => !toldOtherwise.test(name))
  test.each(suite)('$name', ({ run }) => run())
})

const address = '/guests/alpha'

/**
 * A console of the whole hub that speaks of one guest only: puts the guest's address before what the suite says, takes it
 * off what comes back, and fails where it is not. Greetings have none. What is no message has none in its rejection.
 */
class AddressedPeer implements RawPeer {
  readonly #peer: Peer
  readonly #unaddressed = new Set<unknown>()
  #subscribed = false

  constructor(peer: Peer) {
    this.#peer = peer
  }

  get waiting(): readonly string[] {
    return this.#peer.waiting
  }

  get ended() {
    return this.#peer.ended
  }

  send(text: string): void {
    this.#peer.send(
      text.replace(/("opnm"\s*:\s*")((?:[^"\\]|\\.)*)"/, (whole, before: string, opnm: string) => {
        const path: unknown = JSON.parse(`"${opnm}"`)
        // An address is a path before a path.
        if (isGreeting(path) || /^[^/]/.test(String(path))) {
          this.#unaddressed.add(readFrame(text).opid)
          return whole
        }
        return `${before}${address}${opnm}"`
      }),
    )
  }

  sendBinary(): void {
    this.#peer.sendBinary()
  }

  close(code: number, reason?: string): void {
    this.#peer.close(code, reason)
  }

  async next(what?: string): Promise<string> {
    const text = await this.#peer.next(what)
    const { opid, opnm, opct } = readFrame(text)
    if (isGreeting(opnm)) await this.#subscribe(String(opnm))
    if (this.#unaddressed.has(opid) || JSON.stringify(opct).includes('"code":"malformed"')) {
      expect(opnm).not.toContain('/guests')
      return text
    }
    expect(opnm).toMatch(/^\/guests\/alpha\//)
    return text.replace(address, '')
  }

  /** Events have to be asked for. */
  async #subscribe(hello: string): Promise<void> {
    if (this.#subscribed) return
    this.#subscribed = true
    const words = hello === revision1.hello ? revision1 : revision2
    const { opnm, opct } = words.request('action', 'subscribe', {})
    const opid = newOpid()
    this.#peer.send(frame(opid, opnm, opct))
    expect(readFrame(await this.#peer.next('subscribed'))).toEqual({
      opid,
      opnm: words.reply('action'),
      opct: null,
    })
  }
}

function isGreeting(opnm: unknown): boolean {
  return opnm === revision1.hello || opnm === revision2.hello || opnm === revision2.bye
}

describe.each([
  ['by its URL', address, (peer: Peer): RawPeer => peer],
  ['by its address', '/guests', (peer: Peer): RawPeer => new AddressedPeer(peer)],
])('a guest behind its host, asked %s', (_way, url, spoken) => {
  describe.each([1, 2] as const)('a guest of revision %i', (revision) => {
    const connect = async (): Promise<ResponderSubject> => {
      const guest = fixedGuest(stage.dial('/join/alpha'), revision)
      await stage.clock.advance(2_000)
      const peer = stage.peer(url)
      await peer.ready
      return {
        peer: spoken(peer),
        emit: () => void guest.emit(event.name, event.data),
        async close() {
          const closed = guest.close()
          await stage.clock.advance(2_000)
          await closed
        },
      }
    }
    const suite = responderConformance({ connect, contract, event, side: 'acceptor' })
    test.each(suite)('$name', ({ run }) => run())
  })
})
