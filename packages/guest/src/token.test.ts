import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { info, MemoryHost } from '../test/memory-host.js'
import { createGuest, type Guest, type GuestOptions } from './index.js'

// Over real sockets: what a guest brings, and what it makes of a refusal.

const secret = 's3cret-Token'
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

/** A host that lets in who brings this header, and writes down what was brought. */
async function door(welcome: string) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const brought: (string | undefined)[] = []
  const sockets: WebSocket[] = []
  server.on('connection', (socket, { headers }) => {
    sockets.push(socket)
    brought.push(headers.authorization)
    if (headers.authorization !== welcome) socket.close(4401, 'not authenticated')
    else socket.on('message', (data: Buffer) => socket.send(data.toString('utf8')))
  })
  cleanups.push(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, brought, sockets }
}

function dial(url: string, options: Partial<GuestOptions> = {}): Guest {
  const guest = createGuest(url, { info, action: 'unsupported', backoff: { base: 1, cap: 1 }, ...options })
  cleanups.push(() => guest.close())
  return guest
}

function reaches(guest: Guest, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    if (guest.state === wanted) return resolve()
    const off = guest.on('state', (state) => {
      if (state !== wanted) return
      off()
      resolve()
    })
  })
}

test.each<[string, string, Partial<GuestOptions>, string]>([
  ['the option', '', { token: secret }, `Bearer ${secret}`],
  ['a function', '', { token: () => Promise.resolve(secret) }, `Bearer ${secret}`],
  ['the URL', `alpha:${secret}@`, {}, `Basic ${btoa(`alpha:${secret}`)}`],
])('the token of %s gets a guest in, and in again', async (_, userinfo, options, header) => {
  const { at, brought, sockets } = await door(header)
  const guest = dial(`ws://${userinfo}${at}/join/alpha`, options)
  await reaches(guest, 'open')
  sockets[0]?.terminate()
  await reaches(guest, 'reconnecting')
  await reaches(guest, 'open')
  expect(brought).toEqual([header, header])
})

test('a wrong one is refused for good; the error says so and shows nothing of it', async () => {
  const { at, brought } = await door('Bearer another')
  const guest = dial(`ws://alpha:${secret}@${at}/join/alpha`, { token: secret })
  const error = await new Promise((resolve) => guest.on('error', resolve))
  expect(error).toMatchObject({ code: 'refused', closeCode: 4401, remote: true })
  expect([guest.state, brought]).toEqual(['closed', [`Bearer ${secret}`]])
  expect(inspect([error, guest], { depth: 10, showHidden: true })).not.toContain(secret)
})

test('a function that fails is asked again, and the error event tells', async () => {
  const host = new MemoryHost()
  const given: (string | undefined)[] = []
  let asked = 0
  const guest = createGuest('ws://host.test/join/alpha', {
    info,
    action: 'unsupported',
    clock: host.clock,
    token() {
      if (++asked === 1) throw new Error(`no ${secret} yet`)
      return secret
    },
    dial: (receiver, token) => {
      given.push(token)
      return host.address.dial(receiver)
    },
  })
  const errors: unknown[] = []
  guest.on('error', (error) => errors.push(error))
  await host.clock.advance(6_000)
  expect([guest.state, given]).toEqual(['open', [secret]])
  expect(errors.map(String)).toEqual([
    'GuestoolError: no connection to ws://host.test/join/alpha: the token function failed; log its error inside it',
  ])
  await guest.close()
  expect(host.clock.timers).toBe(0)
})

test('what cannot be a token is told at once', () => {
  expect(() => dial('ws://host.test/join/alpha', { token: '' })).toThrow('the option token is no token')
})
