import { once } from 'node:events'
import { connect } from 'node:net'
import { VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { createHost } from './index.js'
import { cleanups, cleanUp, dial, join, listening, page } from './sockets.test.kit.js'

afterEach(cleanUp)

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
