import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createHost } from './index.js'
import { cleanups, cleanUp, dial, join, page } from './sockets.test.kit.js'

afterEach(cleanUp)

function serverOf(...listeners: ((server: Server) => void)[]): Promise<{ server: Server; url: string }> {
  return serverAt('127.0.0.1', ...listeners)
}

async function serverAt(
  address: string,
  ...listeners: ((server: Server) => void)[]
): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => response.end('the other thing'))
  for (const listen of listeners) listen(server)
  server.listen(0, address)
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, url: `ws://${address}:${(server.address() as AddressInfo).port}` }
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

test('attached to a server on another address, without authenticate: 4401, not HTTP', async () => {
  const host = createHost()
  cleanups.push(() => host.close())
  const others = Object.values(networkInterfaces()).flat()
  const other = others.find((each) => each?.family === 'IPv4' && !each.internal)?.address
  const { url } = await serverAt(other ?? '127.0.0.1', (server) => host.attach(server))
  const { code, status } = await dial(`${url}/join/.x`, { headers: { host: 'localhost' } }).closed
  // A machine without a network can only try the loopback address.
  expect([code, status]).toEqual([other === undefined ? 4400 : 4401, undefined])
})

test('attached to a Unix socket, it is this machine that comes', async () => {
  const host = createHost()
  const folder = await mkdtemp(joinPath(tmpdir(), 'guestool-'))
  cleanups.push(
    () => rm(folder, { recursive: true }),
    () => host.close(),
  )
  const at = joinPath(folder, 'host')
  const server = createServer()
  host.attach(server)
  server.listen(at)
  await once(server, 'listening')
  cleanups.push(() => server.close())
  await join(`ws+unix://${at}:/join/alpha`)
  expect(host.guest('alpha')?.address).toBeUndefined()
})
