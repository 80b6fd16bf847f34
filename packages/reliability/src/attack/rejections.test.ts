import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createClient } from '@guestool/client'
import { defineContract, limits, newOpid } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { frame, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { bystanders, cleanups, cleanUp, enter, victim } from './attack.test.kit.js'

// Whoever answers nonsense with a rejection can be made to send as much as it gets, and two who do so to go on for ever.

afterEach(cleanUp)

describe('a guest', () => {
  test('that sends 4 000 replies to nothing gets a few rejections, and no more', async () => {
    const { host, url } = await victim({ clock: new VirtualClock() })
    const guest = await enter(`${url}/join/alpha`)
    for (let i = 0; i < 4_000; i++) guest.send('/event/report/info', {})
    // Answered after all that came before.
    await guest.ask('/greet/hello')
    expect(guest.texts).toHaveLength(limits.rejectionBurst)
    expect(guest.texts.filter((text) => !text.includes('"unknown_opid"'))).toEqual([])
    expect(host.counts.guestFrames.unknown).toBe(4_000)
    expect(host.guest('alpha')?.state).toBe('alive')
  })

  test('gets one for a reply that it repeats', async () => {
    const { url } = await victim()
    const guest = await enter(`${url}/join/alpha`)
    const opid = newOpid()
    for (let i = 0; i < 100; i++) guest.send('/event/report/info', {}, opid)
    await guest.ask('/greet/hello')
    expect(guest.texts).toHaveLength(1)
  })
})

test.each(['/join/alpha', '/guests', '/guests/alpha'])('rejections are not answered: %s', async (path) => {
  const { host, url } = await victim()
  const { served } = await bystanders({ host, url })
  const peer = await enter(url + path)
  for (let i = 0; i < 1_000; i++) peer.send('/event/reject', { code: 'expired', error: 'x' })
  // Of what was just rejected, too, and of another rejection.
  const opid = newOpid()
  peer.send('/event/report/info', {}, opid)
  for (const code of ['unknown_opid', 'malformed', '__proto__'])
    peer.send('/event/reject', { code, error: 'x' }, opid)
  await peer.ask('/greet/hello')
  expect(peer.texts.length).toBeLessThanOrEqual(1)
  expect(peer.texts.join()).not.toContain('expired')
  await served()
})

test('a peer that sends back all that it gets as a rejection starts no game', async () => {
  const { host, url } = await victim({ clock: new VirtualClock() })
  const mirror = await enter(`${url}/guests`)
  let mirrored = 0
  mirror.socket.on('message', (data: Buffer) => {
    mirrored++
    mirror.send('/event/reject', { code: 'failed', error: 'no' }, String(readFrame(String(data)).opid))
  })
  for (let i = 0; i < 10; i++) mirror.socket.send(frame(newOpid(), '/nonsense', {}))
  for (let i = 0; i < 10; i++) await mirror.next()
  await mirror.ask('/greet/hello')
  await mirror.ask('/greet/hello')
  expect(mirrored).toBe(12)
  expect(host.counts.consoleFrames.rejected).toBe(11)
})

/** A host that is hostile: everybody who dials is echoed, and then sent so many frames. Resolves with what came. */
async function hostileHost(opnm: string, count: number) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  cleanups.push(() => server.close())
  await once(server, 'listening')
  const came = new Promise<string[]>((resolve) => {
    server.on('connection', (socket: WebSocket) => {
      cleanups.push(() => socket.terminate())
      const texts: string[] = []
      socket.on('message', (data: Buffer) => {
        const { opnm: name } = readFrame(String(data))
        if (name !== '/greet/hello' && name !== '/hello') return texts.push(String(data))
        socket.send(String(data))
        for (let i = 0; i < count; i++) socket.send(frame(newOpid(), opnm, { code: 'failed', error: 'x' }))
        socket.ping()
      })
      // Answered after all that was sent was read.
      socket.on('pong', () => resolve(texts))
    })
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, came }
}

describe('a hostile host', () => {
  test.each([
    ['rejections', '/event/reject', 0],
    ['replies', '/event/report/info', limits.rejectionBurst],
  ])('that sends 2 000 %s gets next to nothing of a guest', async (_, opnm, most) => {
    const { url, came } = await hostileHost(opnm, 2_000)
    const guest = createGuest(`${url}/join/alpha`, {
      contract: defineContract({ info: {}, action: {}, event: {} }),
      info: {},
      action: {},
      revision: 2,
    })
    cleanups.push(() => guest.close())
    expect((await came).length).toBeLessThanOrEqual(most)
  })

  test.each([
    ['rejections', '/event/reject', 0],
    ['replies', '/event/report/info', limits.rejectionBurst],
  ])('that sends 2 000 %s gets next to nothing of a client', async (_, opnm, most) => {
    const { url, came } = await hostileHost(opnm, 2_000)
    const client = createClient(`${url}/guests/alpha`, { revision: 2 })
    cleanups.push(() => client.close())
    expect((await came).length).toBeLessThanOrEqual(most)
  })
})
