import { afterEach, expect, test, vi } from 'vitest'
import { createHost, type HostOptions, type Page } from './index.js'
import { cleanUp, join, listening, page } from './sockets.test.kit.js'

afterEach(cleanUp)

const says: Page = ({ method, url }, response) => {
  response.setHeader('x-page', 'yes')
  response.end(`${method} ${url}`)
}
const authenticate: NonNullable<HostOptions['authenticate']> = () => ({ role: 'console' })

/** Status and text of the answer to a plain request. */
async function got(port: number, path: string, method?: string, headers?: Record<string, string>) {
  const { response, text } = await page(port, path, method, headers)
  return [response.statusCode, text]
}

test('a page answers whoever only reads, at any path that is no entrance', async () => {
  const { port, url } = await listening({ page: says })
  expect(await got(port, '/')).toEqual([200, 'GET /'])
  expect(await got(port, '/assets/a.js?x')).toEqual([200, 'GET /assets/a.js?x'])
  expect(await got(port, '/joint')).toEqual([200, 'GET /joint'])
  const head = await page(port, '/', 'HEAD')
  expect([head.response.headers['x-page'], head.text]).toEqual(['yes', ''])
  for (const [path, method] of [
    ['/join/a', 'GET'],
    ['/guests', 'GET'],
    ['/guests/a?token=x', 'GET'],
    ['/', 'POST'],
  ] as const) {
    expect(await got(port, path, method)).toEqual([426, expect.stringContaining('It speaks WebSocket')])
  }
  // Sockets come in beside it.
  await join(`${url}/join/alpha`)
  await join(`${url}/guests`)
})

test('below a base path, and nowhere else', async () => {
  const { port } = await listening({ page: says, basePath: '/hub' })
  expect(await got(port, '/hub')).toEqual([200, 'GET /hub'])
  expect(await got(port, '/hub/x')).toEqual([200, 'GET /hub/x'])
  for (const path of ['/', '/hubs', '/x', '/hub/join/a']) expect((await got(port, path))[0]).toBe(426)
})

test('a page of another name that was made to point here never sees it (DNS rebinding)', async () => {
  const seen = vi.fn(says)
  const { port } = await listening({ page: seen })
  const refused = [403, expect.stringMatching(/^without "authenticate", Host must be localhost/)]
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '192.0.2.7'])
    expect(await got(port, '/', 'GET', { host })).toEqual(refused)
  const proxied = await got(port, '/', 'GET', { host: 'localhost', 'x-forwarded-for': '192.0.2.7' })
  expect(proxied).toEqual([403, expect.stringContaining('nobody through a proxy')])
  expect(seen).not.toHaveBeenCalled()
  for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]'])
    expect(await got(port, '/', 'GET', { host })).toEqual([200, 'GET /'])
})

test('a host that authenticates shows it to every name, or to those in its list', async () => {
  const open = await listening({ page: says, authenticate })
  expect((await got(open.port, '/', 'GET', { host: 'hub.example' }))[0]).toBe(200)
  const named = await listening({ page: says, authenticate, hosts: ['hub.example'] })
  expect((await got(named.port, '/', 'GET', { host: 'hub.example' }))[0]).toBe(200)
  expect((await got(named.port, '/', 'GET', { host: 'evil.example' }))[0]).toBe(403)
})

const broken = new Error('no such file /srv/secret')

test.each<[string, Page]>([
  [
    'throws',
    (_, response) => {
      response.setHeader('content-encoding', 'br')
      throw broken
    },
  ],
  ['rejects', () => Promise.reject(broken)],
])('a page that %s is answered with 500, and the host hears of it', async (_, breaks) => {
  const { port, errors } = await listening({ page: breaks })
  const { response, text } = await page(port, '/')
  expect(response.statusCode).toBe(500)
  expect(response.headers['content-encoding']).toBeUndefined()
  expect(text).toBe("this host's page failed; its error event says why\n")
  expect(errors).toEqual([broken])
})

test('half of an answer is cut off', async () => {
  const { port, errors } = await listening({
    page: (_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half')
      throw broken
    },
  })
  await expect(page(port, '/')).rejects.toThrow(/aborted|hang up/)
  expect(errors).toEqual([broken])
})

test('what is no page is said at once', () => {
  expect(() => createHost({ page: 'index.html' as never })).toThrow(/the option page is no function/)
})
