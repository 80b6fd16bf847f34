import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Proxy } from './proxy.js'

/** Resolves when a socket is gone, with an error or without. */
const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()))

let server: Server
let proxy: Proxy
let near: Socket
/** What came to the far end, and what came back. */
let there = ''
let back = ''

beforeEach(async () => {
  there = back = ''
  // Says everything back.
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      there += data.toString()
      socket.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  proxy = await Proxy.before(typeof bound === 'object' && bound !== null ? bound.port : 0)
  near = connect(proxy.port, '127.0.0.1')
  near.on('error', () => undefined)
  near.on('data', (data) => (back += data.toString()))
  near.write('hello ')
  await expect.poll(() => back).toBe('hello ')
})

afterEach(async () => {
  near.destroy()
  await proxy.close()
  server.close()
})

test('a stall hands nothing on, and then everything', async () => {
  proxy.weather = 'stall'
  near.write('you')
  const other = connect(proxy.port, '127.0.0.1')
  other.write(' two')
  await once(other, 'connect')
  expect(there).toBe('hello ')
  proxy.weather = 'pass'
  await expect.poll(() => [there.length, back]).toEqual(['hello you two'.length, 'hello you'])
  other.destroy()
})

test('what is swallowed never comes, and the connection is not made whole again', async () => {
  const closed = ended(near)
  proxy.weather = 'swallow_down'
  near.write('you')
  await expect.poll(() => there).toBe('hello you')
  proxy.weather = 'pass'
  await closed
  expect([back, proxy.size]).toEqual(['hello ', 0])
})

test('swallowed upwards, the far end hears nothing, not even the end', async () => {
  proxy.weather = 'swallow_up'
  near.end('you')
  const other = connect(proxy.port, '127.0.0.1')
  await once(other, 'connect')
  expect([there, proxy.size]).toEqual(['hello ', 2])
  other.on('error', () => undefined)
  proxy.reset()
  expect(proxy.size).toBe(0)
})

test('a cut comes after so many bytes, in the middle of what is sent', async () => {
  const closed = ended(near)
  proxy.cut(2)
  near.write('you')
  await closed
  await expect.poll(() => there).toBe('hello yo')
})

test('a reset is an error at the near end', async () => {
  const failed = once(near, 'error')
  proxy.reset()
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
})

test('nobody behind it is a reset as well', async () => {
  server.close()
  near.destroy()
  await once(server, 'close')
  const other = connect(proxy.port, '127.0.0.1')
  expect(await once(other, 'error')).toMatchObject([{ code: 'ECONNRESET' }])
})
