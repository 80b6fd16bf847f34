import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { MemoryHost } from '../test/memory-host.js'
import { createClient, createHub, type Client, type ClientOptions } from './index.js'

// Over real sockets: what arrives at a host, and what is said of one that refuses.

const secret = 's3cret-Token'
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

/** A host that lets in who brings one of these headers, and writes down what was brought. */
async function door(...welcome: (string | undefined)[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const brought: (string | undefined)[] = []
  const protocols: (string | undefined)[] = []
  const sockets: WebSocket[] = []
  server.on('connection', (socket, { headers }) => {
    sockets.push(socket)
    brought.push(headers.authorization)
    protocols.push(headers['sec-websocket-protocol'])
    if (!welcome.includes(headers.authorization))
      socket.close(4401, 'not authenticated: get a valid token and send it')
    else socket.on('message', (data: Buffer) => socket.send(data.toString('utf8')))
  })
  cleanups.push(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, brought, protocols, sockets }
}

function connect(url: string, options: ClientOptions = {}) {
  const client = createClient(url, { backoff: { base: 1, cap: 1 }, ...options })
  cleanups.push(() => client.close())
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  return { client, errors }
}

function reaches({ client }: { client: Client }, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    if (client.state === wanted) return resolve()
    const off = client.on('state', (state) => {
      if (state !== wanted) return
      off()
      resolve()
    })
  })
}

const failure = ({ client }: { client: Client }): Promise<unknown> =>
  new Promise((resolve) => client.on('error', resolve))

describe('a token on Node', () => {
  test.each<[string, string, ClientOptions, string | undefined]>([
    ['the option', '', { token: secret }, `Bearer ${secret}`],
    ['a function', '', { token: () => secret }, `Bearer ${secret}`],
    ['a function that takes a while', '', { token: () => Promise.resolve(secret) }, `Bearer ${secret}`],
    ['a URL', `alpha:${secret}@`, {}, `Basic ${btoa(`alpha:${secret}`)}`],
    ['both, of which the option wins', 'alpha:other@', { token: secret }, `Bearer ${secret}`],
    ['none', '', {}, undefined],
    ['an option that is not set', '', { token: undefined }, undefined],
  ])('of %s is a header', async (_, userinfo, options, header) => {
    const { at, brought, protocols } = await door(header)
    const dialling = connect(`ws://${userinfo}${at}/guests/alpha`, options)
    await reaches(dialling, 'open')
    expect([brought, protocols]).toEqual([[header], [undefined]])
  })

  test('goes with a hub as with a client', async () => {
    const { at, brought } = await door(`Bearer ${secret}`)
    const hub = createHub(`ws://${at}`, { token: () => secret })
    cleanups.push(() => hub.close())
    await new Promise((resolve) => hub.on('state', resolve))
    expect([hub.state, brought]).toEqual(['open', [`Bearer ${secret}`]])
    expect(inspect(hub, { depth: 10, showHidden: true })).not.toContain(secret)
  })

  test('that is wrong is refused for good, and the error says why', async () => {
    const { at, brought } = await door()
    const dialling = connect(`ws://${at}/guests/alpha`, { token: secret })
    await expect(dialling.client.info('time')).rejects.toMatchObject({
      name: 'GuestoolError',
      code: 'refused',
      closeCode: 4401,
      remote: true,
      message: expect.stringContaining('4401: not authenticated: get a valid token and send it'),
    })
    expect([dialling.client.state, brought]).toEqual(['closed', [`Bearer ${secret}`]])
  })

  test('of a function is asked for again after a loss', async () => {
    const { at, brought, sockets } = await door('Bearer 1', 'Bearer 2', 'Bearer 3')
    let asked = 0
    const dialling = connect(`ws://${at}/guests/alpha`, { token: () => String(++asked) })
    await reaches(dialling, 'open')
    for (const again of [0, 1]) {
      sockets[again]?.terminate()
      await reaches(dialling, 'reconnecting')
      await reaches(dialling, 'open')
    }
    expect(brought).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3'])
  })

  test('of a function is asked for again, once, when it is over', async () => {
    const { at, brought } = await door('Bearer 2')
    let asked = 0
    const fresh = connect(`ws://${at}/guests/alpha`, { token: () => String(++asked) })
    await reaches(fresh, 'open')
    expect(brought.splice(0)).toEqual(['Bearer 1', 'Bearer 2'])
    const stale = connect(`ws://${at}/guests/alpha`, { token: () => 'old' })
    await reaches(stale, 'closed')
    expect(brought).toEqual(['Bearer old', 'Bearer old'])
    expect(stale.errors).toMatchObject([{ code: 'connection_lost' }, { code: 'refused', closeCode: 4401 }])
  })

  test('does not follow a redirect to another host', async () => {
    const { at, brought } = await door(`Bearer ${secret}`)
    const moved = createServer()
    moved.on('upgrade', (_, socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ws://${at}/guests/alpha\r\nContent-Length: 0\r\n\r\n`),
    )
    moved.listen(0, '127.0.0.1')
    await once(moved, 'listening')
    cleanups.push(() => moved.close())
    const { port } = moved.address() as AddressInfo
    const dialling = connect(`ws://127.0.0.1:${port}/guests/alpha`, { token: secret })
    expect(await failure(dialling)).toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('302'),
    })
    expect(brought).toEqual([])
  })

  test('is in no error, and in nothing that can be looked into', async () => {
    const { at } = await door()
    const refused = connect(`ws://alpha:${secret}@${at}/guests/alpha?token=${secret}`, {
      token: () => secret,
    })
    const nobody = connect(`ws://alpha:${secret}@127.0.0.1:1/guests/alpha?token=${secret}`, {
      token: secret,
      connectTimeout: 50,
    })
    await Promise.all([failure(refused), failure(nobody)])
    const outcomes = await Promise.allSettled([refused.client.info('time'), nobody.client.info('time')])
    const everything = [outcomes, refused.errors, nobody.errors, refused.client, nobody.client]
    const shown = [
      inspect(everything, { depth: 10, showHidden: true, maxArrayLength: null }),
      JSON.stringify(everything),
      ...refused.errors.map(String),
    ].join('\n')
    expect(outcomes).toMatchObject([{ reason: { code: 'refused' } }, { reason: { code: 'connect_timeout' } }])
    expect(shown).toContain('ECONNREFUSED')
    for (const text of [secret, btoa(`alpha:${secret}`)]) expect(shown).not.toContain(text)
  })
})

describe('the option', () => {
  test('reaches a transport of one’s own, too', async () => {
    const host = new MemoryHost()
    const given: unknown[] = []
    const client = createClient('ws://host.test/guests/alpha', {
      token: secret,
      clock: host.clock,
      dial: (receiver, token) => {
        given.push(token)
        return host.address.dial(receiver)
      },
    })
    await host.clock.settle()
    expect([client.state, given]).toEqual(['open', [secret]])
    await client.close()
    await host.tidy()
  })

  test('that cannot be a token is told at once, and not shown', () => {
    const make = () => createClient('ws://host.test/guests/alpha', { token: `${secret}\n` })
    expect(make).toThrow(TypeError)
    expect(make).toThrow('the option token is no token: 1 to 512 visible ASCII characters')
    expect(make).not.toThrow(secret)
  })
})
