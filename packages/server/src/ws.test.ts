import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { createClient } from '@guestool/client'
import { createGuest } from '@guestool/guest'
import { newOpid, systemClock, webSocketDial } from '@guestool/core'
import { frame, PythonGuest, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { createHost } from './index.js'
import { cleanups, cleanUp, dial, join, joined, listening } from './sockets.test.kit.js'
import { fixedInfos, time } from './stage.test.kit.js'

afterEach(cleanUp)

test('hello comes back byte for byte, and a call is answered', async () => {
  const { host, url } = await listening()
  const { socket, next, opened } = dial(`${url}/join/alpha`)
  await opened
  const hello = `{"opid":  "${newOpid()}", "opnm": "/greet/hello", "opct": {"\\u4f60": 1e0}}`
  const guest = joined(host)
  socket.send(hello)
  expect(await next()).toBe(hello)
  const asked = (await guest).info('time')
  const { opid, opnm } = readFrame(await next())
  expect(opnm).toBe('/info/time')
  socket.send(frame(String(opid), '/event/report/info', time))
  expect(await asked).toEqual(time)
  expect(host.guest('alpha')).toMatchObject({ address: '127.0.0.1', revision: 2, state: 'alive' })
})

test('a peer that makes the host speak and does not read is shed with 1013', async () => {
  const { host, url } = await listening({ messagesPerSecond: Infinity })
  const { socket, opened, closed } = dial(`${url}/join/alpha`)
  await opened
  const hello = frame(newOpid(), '/greet/hello', { padding: 'x'.repeat(3_900) })
  const joining = joined(host)
  socket.send(hello)
  const guest = await joining
  socket.pause()
  for (let i = 0; i < 12_000; i++) {
    socket.send(hello)
    if (i % 100 === 0) await setImmediate()
  }
  // Whoever begins to read too early is not shed: the host echoes until it has read all that was sent, or gives up.
  let echoed
  do {
    echoed = guest.counts.sent
    await setTimeout(100)
  } while (guest.counts.sent !== echoed)
  socket.resume()
  expect(await closed).toMatchObject({ code: 1013, reason: expect.stringContaining('does not read') })
})

test.each([
  ['/join/.hidden', 4400, /^not an id/],
  ['/join/al%70ha', 4400, /without %/],
  ['/nowhere', 4404, /\/join\/\{id\}/],
  ['/guest', 4404, /\/guests\/\{id\}/],
  ['/guests/a/b', 4400, /^not an id/],
])('%s is closed with %i and a reason, not refused by HTTP', async (path, code, reason) => {
  const { url } = await listening()
  expect(await dial(url + path).closed).toEqual({
    code,
    reason: expect.stringMatching(reason),
    status: undefined,
  })
})

test.each([
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['Origin null', { origin: 'null' }],
  ['a Host of another name', { headers: { host: 'evil.example' } }],
  ['another name and its own Origin', { origin: 'http://evil.example', headers: { host: 'evil.example' } }],
])('%s: a guest hears 4403, a console HTTP 403', async (_, options: ClientOptions) => {
  const { url, host } = await listening()
  expect(await dial(`${url}/join/alpha`, options).closed).toMatchObject({ code: 4403, status: undefined })
  expect(await dial(`${url}/`, options).closed).toMatchObject({ code: 4403, status: undefined })
  expect(await dial(`${url}/guests/alpha`, options).closed).toMatchObject({ code: 1006, status: 403 })
  expect(host.counts.turnedAway).toBe(3)
})

test('an Origin on the list, the host’s own and none may connect, also to hear what else is wrong', async () => {
  const { url, port } = await listening({ origins: ['https://console.example'] })
  for (const origin of ['https://console.example', `http://127.0.0.1:${port}`, undefined]) {
    const options = origin === undefined ? {} : { origin }
    await dial(`${url}/guests/alpha`, options).opened
    expect(await dial(`${url}/guests/.x`, options).closed).toMatchObject({ code: 4400, status: undefined })
  }
})

test('the other names of this machine are as good', async () => {
  const { port } = await listening()
  await dial(`ws://localhost:${port}/join/alpha`).opened
  await dial(`ws://127.0.0.1:${port}/join/alpha`, { headers: { host: '[::1]:1' } }).opened
})

test('whoever authenticates nobody hears 4401 on /join', async () => {
  const { url } = await listening({
    authenticate: ({ headers }) =>
      headers.authorization === 'Bearer good' ? { role: 'guest', id: 'alpha' } : undefined,
  })
  expect(await dial(`${url}/join/alpha`).closed).toMatchObject({ code: 4401, status: undefined })
  const good = { headers: { authorization: 'Bearer good' } }
  expect(await dial(`${url}/join/beta`, good).closed).toMatchObject({ code: 4403, status: undefined })
  await dial(`${url}/join/alpha`, good).opened
})

test('no hello: 4408', async () => {
  const clock = new VirtualClock()
  const { url } = await listening({ clock })
  const { opened, closed } = dial(`${url}/join/alpha`)
  await opened
  await clock.advance(10_000)
  expect(await closed).toMatchObject({ code: 4408, reason: 'no hello within 10 s' })
})

test('two newcomers at once: one gets in, the other hears 4409', async () => {
  const { host, url } = await listening()
  const arrivals = [dial(`${url}/join/alpha`), dial(`${url}/join/alpha`)]
  for (const { socket } of arrivals) {
    // Alive: whatever is asked is answered with an error.
    socket.on('message', (data: Buffer) => {
      const { opid, opnm } = readFrame(data.toString('utf8'))
      if (opnm === '/info/time') socket.send(frame(String(opid), '/event/report/info', { error: 'busy' }))
    })
    socket.on('open', () => socket.send(frame(newOpid(), '/greet/hello', {})))
  }
  expect(await Promise.race(arrivals.map(({ closed }) => closed))).toMatchObject({ code: 4409 })
  expect(host.guests).toHaveLength(1)
  expect(arrivals.filter(({ socket }) => socket.readyState === WebSocket.OPEN)).toHaveLength(1)
})

test('a socket that answers no ping is terminated', async () => {
  const clock = new VirtualClock()
  const { host, url } = await listening({ clock })
  const pinging = dial(`${url}/join/alpha`, { autoPong: false })
  await pinging.opened
  const guest = joined(host)
  pinging.socket.send(frame(newOpid(), '/hello', {}))
  const alpha = await guest
  const gone = new Promise((resolve) => alpha.on('state', (state) => state === 'gone' && resolve(state)))
  const pinged = once(pinging.socket, 'ping')
  await clock.advance(45_000)
  await pinged
  await clock.advance(30_000)
  expect(await gone).toBe('gone')
  expect(await pinging.closed).toMatchObject({ code: 1006 })
})

test('a ping that is answered keeps a guest whose reader died: unresponsive, not gone', async () => {
  const clock = new VirtualClock()
  const { host, url } = await listening({ clock })
  const joining = joined(host)
  const line = await join(`${url}/join/alpha`)
  const alpha = await joining
  for (let i = 0; i < 3; i++) {
    const pinged = once(line.socket, 'ping')
    await clock.advance(45_000)
    await pinged
    // Frames keep their order: when this is answered, the pong has arrived.
    line.socket.ping()
    await once(line.socket, 'pong')
  }
  expect(alpha.state).toBe('unresponsive')
  expect(line.socket.readyState).toBe(WebSocket.OPEN)
})

test('a frame over maxPayload: 1009, and the call knows why', async () => {
  const { host, url } = await listening({ maxPayload: 1_000 })
  const joining = joined(host)
  const line = await join(`${url}/join/alpha`)
  const asked = (await joining).info('system_platform')
  const { opid } = readFrame(await line.next())
  line.socket.send(frame(String(opid), '/event/report/info', 'x'.repeat(1_000)))
  await expect(asked).rejects.toMatchObject({ code: 'connection_lost', closeCode: 1009 })
  expect(await line.closed).toMatchObject({ code: 1009 })
})

test('of offered subprotocols only guestool is selected, compression never', async () => {
  const { url } = await listening()
  const { socket, opened } = dial(`${url}/guests/a`, {
    protocols: ['bearer.c2VjcmV0', 'guestool'],
    perMessageDeflate: true,
  })
  await opened
  expect(socket.protocol).toBe('guestool')
  expect(socket.extensions).toBe('')
})

test('the public guest joins, answers, says bye; a console asks it through the host', async () => {
  const { host, url } = await listening()
  const joining = joined(host)
  const python = new PythonGuest(
    webSocketDial(WebSocket, { url: `${url}/join/alpha`, maxPayload: 1 << 20 }),
    {
      clock: systemClock,
    },
  )
  const alpha = await joining
  const client = createClient(`${url}/guests/alpha`)
  expect((await client.info('memory')).mem.total).toBeGreaterThan(0)
  expect(await alpha.info('bots')).toContain('10001')
  await client.close()
  await alpha.close()
  expect(await python.ended).toMatchObject({ code: 1000 })
  expect(python.received.at(-1)).toContain('/greet/bye')
})

test('a guest of this SDK comes back to a host that comes back', async () => {
  const first = await listening()
  const joining = joined(first.host)
  const guest = createGuest(`${first.url}/join/alpha`, {
    backoff: { base: 1, cap: 10 },
    action: 'unsupported',
    info: fixedInfos,
  })
  cleanups.push(() => guest.close())
  await joining
  await first.host.close()
  const second = createHost()
  cleanups.push(() => second.close())
  const again = joined(second)
  await second.listen(first.port)
  expect(await (await again).info('time')).toEqual(time)
})

test('events cross from revision 2 to revision 1', async () => {
  const { url } = await listening()
  const guest = await join(`${url}/join/alpha`, 2)
  const visitor = await join(`${url}/guests/alpha`, 1)
  guest.socket.send(frame(newOpid(), '/event/bot_online', { bot: '10001' }))
  expect(readFrame(await visitor.next())).toMatchObject({
    opnm: '/event',
    opct: { event: 'bot_online', bot: '10001' },
  })
})

test('a page that is refused by HTTP cannot keep the socket', async () => {
  const { port } = await listening()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.write(
    [
      'GET /guests/alpha HTTP/1.1',
      'Host: localhost',
      'Origin: null',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      '',
      '',
    ].join('\r\n'),
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n.*this Origin may not connect/s)
  await once(socket.resume(), 'end')
  // Its end is closed, too: whoever goes on writing is cut off.
  const writing = setInterval(() => socket.write('more'), 1)
  await closed
  clearInterval(writing)
})
