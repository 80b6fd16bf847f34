import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createHub } from '@guestool/client'
import { afterEach, expect, test } from 'vitest'
import { createHost, type Authenticate, type Host, type HostOptions } from './index.js'
import { cleanups, cleanUp } from './sockets.test.kit.js'

afterEach(cleanUp)

const admin: Authenticate = () => ({ role: 'console', admin: true })

function hosting(options?: HostOptions): Host {
  const host = createHost({ history: false, ...options })
  cleanups.push(() => host.close())
  return host
}

/** What an admin is told, `kind url`, with a star where the host listens. */
async function told(port: number, basePath = '') {
  const hub = createHub(`ws://127.0.0.1:${port}${basePath}`)
  cleanups.push(() => hub.close())
  const addresses = await hub.info('addresses')
  return addresses.map(({ kind, url, open }) => `${kind} ${url}${open ? ' *' : ''}`)
}

/** What this machine has, whatever it is. */
const network = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(
    ({ internal, family, address }) => !internal && family === 'IPv4' && !address.startsWith('169.254.'),
  )
  .map(({ address }) => address)
const hasIPv4 = network.length > 0

test('a host on 127.0.0.1 is reached from its machine alone', async () => {
  const { port } = await hosting().listen(0)
  const [local, ...others] = await told(port)
  expect(local).toBe(`local ws://127.0.0.1:${port} *`)
  expect(others.at(-1)).toBe(`container ws://host.docker.internal:${port}`)
  expect(others.filter((each) => each.endsWith('*'))).toEqual([])
})

test.runIf(hasIPv4)('a host on all addresses is reached on each', async () => {
  const host = hosting({ authenticate: admin, basePath: '/hub', publicUrl: 'https://hub.example/x' })
  const { port } = await host.listen(0, { address: '0.0.0.0' })
  expect(await told(port, '/hub')).toEqual([
    `local ws://127.0.0.1:${port}/hub *`,
    ...network.map((address) => `network ws://${address}:${port}/hub *`),
    `container ws://host.docker.internal:${port}/hub *`,
    'public wss://hub.example/x *',
  ])
})

test('a host that is called by its names alone is not reached by others', async () => {
  const host = hosting({ authenticate: admin, hosts: ['host.docker.internal'] })
  const { port } = await host.listen(0, { address: '0.0.0.0' })
  expect((await told(port)).filter((each) => each.endsWith('*'))).toEqual([
    `local ws://127.0.0.1:${port} *`,
    `container ws://host.docker.internal:${port} *`,
  ])
})

test.runIf(hasIPv4)('a host on one address of the network is reached on that', async () => {
  const host = hosting({ authenticate: admin })
  const [address = ''] = network
  const { port } = await host.listen(0, { address })
  const local = await host.listen(0)
  const open = (await told(local.port)).filter((each) => each.endsWith('*'))
  expect(open).toEqual([`local ws://127.0.0.1:${local.port} *`, `network ws://${address}:${port} *`])
})

test('a server that it is attached to, as soon as that listens; without "authenticate", for this machine alone', async () => {
  const host = hosting()
  const [server, secure, silent] = [createServer(), createSecureServer(), createServer()]
  for (const each of [server, secure, silent]) host.attach(each)
  for (const each of [server, secure]) {
    cleanups.push(() => each.close())
    await once(each.listen(0, '0.0.0.0'), 'listening')
  }
  const [port, securePort] = [server, secure].map((each) => (each.address() as AddressInfo).port)
  const open = (await told(port!)).filter((each) => each.endsWith('*'))
  expect(open).toEqual([`local ws://127.0.0.1:${port} *`, `local wss://127.0.0.1:${securePort} *`])
})
