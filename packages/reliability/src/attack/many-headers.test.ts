import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHost, type HostOptions } from '@guestool/server'
import { afterEach, expect, test } from 'vitest'
import { bystanders, cleanups, cleanUp, head, Raw, upgradeHeaders, victim } from './attack.test.kit.js'

// Node keeps the first thousand headers of a request and drops the rest without a word, what a browser or a proxy says
// of the peer included.

afterEach(cleanUp)

const fillers = (count: number) => Array.from({ length: count }, () => 'a:')

async function answerTo(port: number, path: string, headers: readonly string[]): Promise<string> {
  const raw = new Raw(port)
  await raw.send(head(`GET ${path} HTTP/1.1`, headers))
  return raw.answer()
}

test.each(['/guests', '/join/alpha'])('2 000 headers at %s are refused, and hide no Origin', async (path) => {
  const { host, port, url } = await victim()
  const { served } = await bystanders({ host, url })
  for (const count of [252, 1_000, 2_000]) {
    const headers = [...upgradeHeaders(fillers(count)), 'Origin: https://evil.example']
    expect(await answerTo(port, path, headers)).toMatch(/^HTTP\/1\.1 431 /)
  }
  // Of 16 KiB at most, Node itself sees to that.
  const large = upgradeHeaders(Array.from({ length: 2_000 }, (_, n) => `x-${n}: ${'x'.repeat(10)}`))
  expect(await answerTo(port, path, large)).toMatch(/^HTTP\/1\.1 431 /)
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
  await served()
})

test.each<[string, HostOptions]>([
  ['no proxy', {}],
  ['a trusted one', { trustProxy: 'loopback' }],
])('2 000 headers hide no X-Forwarded-For of a proxy: a host that knows of %s', async (_, options) => {
  const { port } = await victim(options)
  const headers = [...upgradeHeaders(fillers(2_000)), 'X-Forwarded-For: 192.0.2.7']
  expect(await answerTo(port, '/guests', headers)).toMatch(/^HTTP\/1\.1 431 /)
})

test('2 000 headers hide nothing from a page', async () => {
  const { port } = await victim({
    page: (_, response) => void response.end('the page'),
    trustProxy: 'loopback',
  })
  expect(await answerTo(port, '/', ['Host: localhost'])).toMatch(/^HTTP\/1\.1 200 /)
  const headers = ['Host: localhost', ...fillers(2_000), 'X-Forwarded-For: 192.0.2.7']
  expect(await answerTo(port, '/', headers)).toMatch(/^HTTP\/1\.1 431 /)
})

test.each([null, 0, 20, 32, 64, 100])(
  'nor from a host on somebody else’s server that keeps %s of them',
  async (kept) => {
    const server = createServer()
    server.maxHeadersCount = kept
    const host = createHost()
    host.attach(server)
    cleanups.push(
      () => server.close(),
      () => host.close(),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    for (const count of [10, 15, 26, 27, 58, 59, 95, 200, 300, 2_000]) {
      const headers = [...upgradeHeaders(fillers(count)), 'Origin: https://evil.example']
      expect(await answerTo(port, '/guests', headers)).toMatch(/^HTTP\/1\.1 4(03|31) /)
    }
    const headers = upgradeHeaders(fillers(10))
    expect(await answerTo(port, '/guests', headers)).toMatch(/^HTTP\/1\.1 101 /)
  },
)
