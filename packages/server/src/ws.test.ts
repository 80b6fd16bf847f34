import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { createClient } from '@guestool/client'
import { newOpid, systemClock, webSocketDial } from '@guestool/core'
import { frame, PythonGuest, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws'
import { createHost, type GuestConnection, type Host, type HostOptions } from './index.js'
import { time } from './stage.test.kit.js'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

async function listening(options?: HostOptions) {
  const host = createHost(options)
  cleanups.push(() => host.close())
  const errors: unknown[] = []
  host.on('error', (error) => errors.push(error))
  const { url, port } = await host.listen(0)
  return { host, url, port, errors }
}

/** A WebSocket and everything that came over it. */
function dial(url: string, options: ClientOptions & { protocols?: string[] } = {}) {
  const { protocols = [], ...others } = options
  const socket = new WebSocket(url, protocols, others)
  cleanups.push(() => socket.terminate())
  const texts: string[] = []
  const waiting: ((text: string) => void)[] = []
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8')
    const taker = waiting.shift()
    if (taker === undefined) texts.push(text)
    else taker(text)
  })
  let status: number | undefined
  socket.on('unexpected-response', (_, response) => {
    status = response.statusCode
    socket.terminate()
  })
  socket.on('error', () => undefined)
  const closed = new Promise<{ code: number; reason: string; status: number | undefined }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason), status }))
  })
  const opened = new Promise<void>((resolve) => socket.on('open', () => resolve()))
  const next = (): Promise<string> => {
    const text = texts.shift()
    return text === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(text)
  }
  return { socket, texts, next, opened, closed }
}

async function join(url: string, revision: 1 | 2 = 2) {
  const line = dial(url)
  await line.opened
  const hello = frame(newOpid(), revision === 1 ? '/hello' : '/greet/hello', {})
  line.socket.send(hello)
  expect(await line.next()).toBe(hello)
  return line
}

function joined(host: Host): Promise<GuestConnection<any>> {
  return new Promise((resolve) => {
    const stop = host.on('guest', (guest) => {
      stop()
      resolve(guest)
    })
  })
}

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

test.each([
  ['/join/.hidden', 4400, /^not an id/],
  ['/join/al%70ha', 4400, /without %/],
  ['/nowhere', 4404, /\/join\/\{id\}/],
  ['/guests', 4404, /\/guests\/\{id\}/],
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
  await clock.advance(40_000)
  await pinged
  await clock.advance(40_000)
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
    await clock.advance(35_000)
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

test('any address but this machine’s own needs an authenticator', async () => {
  const { host } = await listening()
  for (const address of ['0.0.0.0', '::', '192.0.2.7', 'example.com', '']) {
    await expect(host.listen(0, { address })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/give createHost an "authenticate", or listen on 127\.0\.0\.1/),
    })
  }
  const open = createHost({ authenticate: () => ({ role: 'console' }) })
  cleanups.push(() => open.close())
  const { port, url } = await open.listen(0, { address: '0.0.0.0' })
  expect(url).toBe(`ws://0.0.0.0:${port}`)
  await dial(`ws://127.0.0.1:${port}/guests/a`, { headers: { host: 'hub.example' } }).opened
})

test('a port that is taken is said to be', async () => {
  const { host, port } = await listening()
  await expect(host.listen(port)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(`port ${port} of 127.0.0.1: it is in use`),
  })
  // And the host goes on.
  await dial(`ws://127.0.0.1:${port}/join/a`).opened
})

async function page(
  port: number,
  path: string,
  method = 'GET',
): Promise<{ response: IncomingMessage; text: string }> {
  const request = get({ host: '127.0.0.1', port, path, method, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { response, text }
}

test('plain HTTP gets a sentence, and 426 where nothing but a WebSocket makes sense', async () => {
  const { port } = await listening()
  const { response, text } = await page(port, '/')
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(text).toMatch(/GuesTool host.*\/join\/\{id\}.*\/guests\/\{id\}/s)
  expect((await page(port, '/', 'HEAD')).text).toBe('')
  for (const [path, method] of [
    ['/join/a', 'GET'],
    ['/x', 'GET'],
    ['/', 'POST'],
  ] as const) {
    const wrong = await page(port, path, method)
    expect(wrong.response.statusCode).toBe(426)
    expect(wrong.response.headers.upgrade).toBe('websocket')
  }
})

async function serverOf(
  ...listeners: ((server: Server) => void)[]
): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => response.end('the other thing'))
  for (const listen of listeners) listen(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** An upgrade handler that leaves alone what is not its own. */
function otherHandler(path: string) {
  const other = new WebSocketServer({ noServer: true })
  return (server: Server) => {
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== path) return
      other.handleUpgrade(request, socket, head, (webSocket) => webSocket.send('other'))
    })
  }
}

test.each(['before', 'after'])('attached %s another upgrade handler, both keep their paths', async (when) => {
  const host = createHost()
  cleanups.push(() => host.close())
  const other = otherHandler('/')
  const { url } = await serverOf(
    (server) => when === 'before' && host.attach(server),
    other,
    (server) => when === 'after' && host.attach(server),
  )
  expect(await dial(`${url}/`).next()).toBe('other')
  await join(`${url}/join/alpha`)
  expect(host.guests).toHaveLength(1)
  expect(await dial(`${url}/join/.x`).closed).toMatchObject({ code: 4400 })
})

test('attached alone, every path is the host’s; plain HTTP is not', async () => {
  const host = createHost()
  cleanups.push(() => host.close())
  const { server, url } = await serverOf((each) => host.attach(each))
  expect(await dial(`${url}/nowhere`).closed).toMatchObject({ code: 4404 })
  await join(`${url}/`)
  expect(host.guests).toHaveLength(1)
  expect((await page((server.address() as AddressInfo).port, '/')).text).toBe('the other thing')
})

test('closing leaves an attached server as it was', async () => {
  const host = createHost()
  const { server, url } = await serverOf((each) => host.attach(each))
  const line = await join(`${url}/join/alpha`)
  await host.close()
  expect(await line.closed).toMatchObject({ code: 1001 })
  expect(server.listenerCount('upgrade')).toBe(0)
  expect(server.listening).toBe(true)
  expect((await page((server.address() as AddressInfo).port, '/')).text).toBe('the other thing')
})

test('two hosts on one server: an error event, not a crash', async () => {
  const hosts = [createHost(), createHost()]
  cleanups.push(...hosts.map((host) => () => host.close()))
  const errors: unknown[] = []
  const { url } = await serverOf((server) => {
    for (const host of hosts) {
      host.on('error', (error) => errors.push(error))
      host.attach(server)
    }
  })
  await join(`${url}/join/alpha`)
  expect(errors).toMatchObject([{ message: expect.stringContaining('more than once') }])
})

/** What keeps this process running; the test runner's own pipes and timers are among it. */
function resources(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('close leaves nothing behind', async () => {
  const before = [resources(/TCP/), resources(/Timeout/)] as const
  const clock = new VirtualClock()
  const host = createHost({ clock })
  const { url, port } = await host.listen(0)
  const lines = [
    await join(`${url}/join/alpha`),
    await join(`${url}/guests/alpha`),
    dial(`${url}/join/silent`),
    dial(`${url}/guests/.x`),
    dial(`${url}/guests/foreign`, { origin: 'null' }),
  ]
  await lines[2]!.opened
  const idle = connect(port, '127.0.0.1')
  await once(idle, 'connect')
  const idleClosed = once(
    idle.on('error', () => undefined),
    'close',
  )
  await host.close()
  expect(clock.timers).toBe(0)
  await Promise.all([...lines.map(({ closed }) => closed), idleClosed])
  // The runner sets and clears timers of its own meanwhile.
  for (let turns = 0; resources(/Timeout/) > before[1] && turns < 10_000; turns++) await turn()
  expect(resources(/TCP/)).toBe(before[0])
  expect(resources(/Timeout/)).toBeLessThanOrEqual(before[1])
  expect(await dial(`${url}/join/alpha`).closed).toMatchObject({ code: 1006 })
})
