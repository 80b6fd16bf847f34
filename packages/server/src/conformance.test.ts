import { createGuest, type Guest } from '@guestool/guest'
import { guestool, type Contract, type Dial } from '@guestool/core'
import {
  Peer,
  requesterConformance,
  responderConformance,
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
  const host = createHost({ contract })
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

describe.each([1, 2] as const)('a console’s host, with a guest of revision %i behind it', (revision) => {
  const connect = async (): Promise<ResponderSubject> => {
    const guest = fixedGuest(stage.dial('/join/alpha'), revision)
    await stage.clock.advance(2_000)
    const peer = stage.peer('/guests/alpha')
    await peer.ready
    return {
      peer,
      emit: () => void guest.emit(event.name, event.data),
      async close() {
        const closed = guest.close()
        await stage.clock.advance(2_000)
        await closed
      },
    }
  }
  test.each(responderConformance({ connect, contract, event, side: 'acceptor' }))('$name', ({ run }) => run())
})
