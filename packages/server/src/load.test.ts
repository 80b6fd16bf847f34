import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createClient } from '@guestool/client'
import { newOpid } from '@guestool/core'
import { frame, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Host } from './index.js'
import { cleanups, cleanUp, dial, join, listening } from './sockets.test.kit.js'
import { time } from './stage.test.kit.js'

afterEach(cleanUp)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in use, inside the heap and outside. */
async function memory(): Promise<number> {
  // What was closed is freed some turns later.
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate()
    collectGarbage()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const mib = 1024 * 1024

/** A guest that answers whatever it is asked. */
async function answering(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  cleanups.push(() => socket.terminate())
  await once(socket, 'open')
  const echo = once(socket, 'message')
  socket.send(frame(newOpid(), '/greet/hello', {}))
  await echo
  socket.on('message', (data: Buffer) => {
    const { opid } = readFrame(data.toString('utf8'))
    socket.send(frame(String(opid), '/event/report/info', time))
  })
  return socket
}

/** A console that said hello and now reads nothing any more. */
async function stalled(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  cleanups.push(() => socket.terminate())
  await once(socket, 'open')
  socket.send(frame(newOpid(), '/greet/hello', {}))
  await once(socket, 'message')
  socket.pause()
  return socket
}

/** Has a guest tell something, megabyte by megabyte, and waits until its host handed it on; resolves with the frames sent. */
async function tellMegabyte(host: Host, guest: WebSocket): Promise<number> {
  const { received } = host.counts.guestFrames
  const { sent } = host.counts.consoleFrames
  for (let i = 0; i < 8; i++)
    guest.send(frame(newOpid(), '/event/bot_online', { bot: 'x'.repeat(128 * 1024) }))
  while (host.counts.guestFrames.received < received + 8) await setImmediate()
  return host.counts.consoleFrames.sent - sent
}

test('a console that stops reading is shed while 1 000 guests keep answering; memory returns to what it was', async () => {
  const { host, url, errors } = await listening({
    connectionsPerAddress: Infinity,
    messagesPerSecond: Infinity,
    // Grows by itself.
    history: false,
  })
  const guests: WebSocket[] = []
  for (let i = 0; i < 1_000; i += 50) {
    const some = Array.from({ length: 50 }, (_, n) => answering(`${url}/join/guest-${i + n}`))
    guests.push(...(await Promise.all(some)))
  }
  const everybodyAnswers = async () => {
    expect(await Promise.all(host.guests.map((guest) => guest.info('time')))).toEqual(
      Array.from({ length: 1_000 }, () => time),
    )
  }
  const other = createClient(`${url}/guests/guest-1`)
  cleanups.push(() => other.close())
  const teller = guests[0]
  if (teller === undefined) throw new Error('there are no guests')
  // What the first use of everything takes is no part of it.
  for (let i = 0; i < 3; i++) {
    await everybodyAnswers()
    await other.info('time')
    await tellMegabyte(host, teller)
  }
  const before = await memory()

  const slow = await stalled(`${url}/guests/guest-0`)
  let megabytes = 0
  while ((await tellMegabyte(host, teller)) === 8) {
    megabytes++
    expect(await other.info('time')).toEqual(time)
    if (megabytes % 8 === 0) await everybodyAnswers()
  }
  expect(megabytes).toBeGreaterThanOrEqual(16)
  expect((await memory()) - before).toBeGreaterThan(12 * mib)
  const closed = once(slow, 'close')
  slow.resume()
  const [code, reason] = await closed
  expect([code, String(reason)]).toEqual([1013, 'this peer does not read what it is sent'])
  while (host.counts.consoles > 1) await setImmediate()

  await everybodyAnswers()
  expect(await other.info('time')).toEqual(time)
  expect(host.guests.every(({ state }) => state === 'alive')).toBe(true)
  expect(errors).toEqual([])
  // A quarter of what the console had left unread.
  expect((await memory()) - before).toBeLessThan(4 * mib)
}, 30_000)

test('a console that stops reading is given up after a minute, although nothing more is sent to it', async () => {
  const clock = new VirtualClock()
  const { host, url } = await listening({ clock, messagesPerSecond: Infinity })
  const guest = await answering(`${url}/join/alpha`)
  const slow = await stalled(`${url}/guests/alpha`)
  for (let i = 0; i < 15; i++) expect(await tellMegabyte(host, guest)).toBe(8)
  for (let left = 70_000; left > 0; left -= 10_000) {
    await clock.advance(10_000)
    // Frames keep their order: when this is answered, the guest's own pong has arrived.
    guest.ping()
    await once(guest, 'pong')
  }
  expect(host.counts.consoles).toBe(0)
  expect(host.guests).toHaveLength(1)
  const closed = once(slow, 'close')
  slow.resume()
  expect(await closed).toMatchObject([1006, expect.anything()])
})

test('a console that asks too fast has to wait, and gets all its answers; the calls of another do not wait', async () => {
  const clock = new VirtualClock()
  const { host, url } = await listening({ clock, messagesPerSecond: 1_000 })
  await answering(`${url}/join/alpha`)
  const flooding = await join(`${url}/guests/alpha`)
  const opids = new Set(Array.from({ length: 20_000 }, newOpid))
  for (const opid of opids) flooding.socket.send(frame(opid, '/info/time', {}))
  const other = createClient(`${url}/guests/alpha`)
  cleanups.push(() => other.close())
  for (let i = 0; i < 200; i++) expect(await other.info('time')).toEqual(time)
  // The burst, and what was in the hands of `ws` and Node: nothing more comes as long as the clock stands still.
  expect(host.counts.consoleFrames.received).toBeGreaterThan(4_096)
  expect(host.counts.consoleFrames.received).toBeLessThan(8_000)
  while (flooding.texts.length < 20_000) {
    await clock.advance(100)
    for (let turn = 0; turn < 10; turn++) await setImmediate()
  }
  for (const text of flooding.texts) opids.delete(String(readFrame(text).opid))
  expect(opids.size).toBe(0)
}, 20_000)

test('a message in thousands of fragments is not put together', async () => {
  const { host, url } = await listening()
  await answering(`${url}/join/alpha`)
  const hostile = await join(`${url}/guests/alpha`)
  const send = (fragments: number) => {
    const text = frame(newOpid(), '/info/time', {})
    hostile.socket.send(text.slice(0, -1), { fin: false })
    for (let i = 2; i < fragments; i++) hostile.socket.send(' ', { fin: false })
    hostile.socket.send('}')
  }
  send(1_024)
  expect(readFrame(await hostile.next()).opct).toEqual(time)
  send(1_025)
  expect(await hostile.closed).toMatchObject({ code: 1008 })
  expect(await host.guest('alpha')?.info('time')).toEqual(time)
})

test('connections beyond the limit are told why, and far beyond it are dropped', async () => {
  const { host, url } = await listening({ connectionsPerAddress: 4 })
  for (const id of ['a', 'b', 'c', 'd']) await answering(`${url}/join/${id}`)
  expect(await dial(`${url}/join/e`).closed).toMatchObject({ code: 4429, status: undefined })
  const lingering = dial(`${url}/join/f`)
  await lingering.opened
  lingering.socket.pause()
  let opened = false
  const dropped = dial(`${url}/join/g`)
  void dropped.opened.then(() => (opened = true))
  expect(await dropped.closed).toMatchObject({ code: 1006, status: undefined })
  expect(opened).toBe(false)
  lingering.socket.resume()
  expect(await lingering.closed).toMatchObject({ code: 4429 })
  expect(host.guests).toHaveLength(4)
  expect(await host.guest('a')?.info('time')).toEqual(time)
})

test('connections that ask for nothing shut nobody out: whichever waits longest goes', async () => {
  const { host, url, port } = await listening({ connectionsPerAddress: Infinity })
  await answering(`${url}/join/early`)
  const silent = await Promise.all(
    Array.from({ length: 1_024 }, async () => {
      const socket = connect(port, '127.0.0.1')
      cleanups.push(() => socket.destroy())
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      return socket
    }),
  )
  const gone = Promise.race(silent.map((socket) => once(socket, 'close')))
  await answering(`${url}/join/late`)
  await gone
  await setImmediate()
  expect(silent.filter(({ closed }) => closed)).toHaveLength(1)
  for (const id of ['early', 'late']) expect(await host.guest(id)?.info('time')).toEqual(time)
}, 20_000)

test('headers that are too large are refused, and nobody else notices', async () => {
  const { host, url } = await listening()
  await answering(`${url}/join/alpha`)
  const headers = { 'x-large': 'x'.repeat(17 * 1024) }
  expect(await dial(`${url}/join/beta`, { headers }).closed).toMatchObject({ status: 431 })
  expect(await host.guest('alpha')?.info('time')).toEqual(time)
})
