import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HostOptions } from '@guestool/server'
import { afterEach, describe, expect, test } from 'vitest'
import { executablePath, openBrowser } from '../../../console/test/browser.mjs'
import { cleanups, cleanUp, dial, head, Raw, upgradeHeaders, victim } from './attack.test.kit.js'

// Any page may open a WebSocket to this machine, and talks as the person before the browser; or has its own name point
// here (DNS rebinding).

afterEach(cleanUp)

const hosts: [string, HostOptions][] = [
  ['without authenticate', {}],
  ['with authenticate', { authenticate: ({ role }) => ({ role, id: 'alpha' }), hosts: ['hub.example'] }],
]

describe.each(hosts)('a host %s', (_, options) => {
  test('no page of another origin gets in, whatever it is called', async () => {
    const { host, url, port, errors } = await victim(options)
    const own = new URL(url.replace('ws:', 'http:')).origin
    for (const origin of [
      'null',
      'https://evil.example',
      `${own}.evil.example`,
      `http://127.0.0.1.evil.example:${port}`,
      `http://evil.example:${port}`,
      `http://127.0.0.1:${port + 1}`,
      'http://127.0.0.1',
      `http://127.1.1.1:${port}`,
      `http://localhost:${port}`,
      `${own}, https://evil.example`,
      `https://evil.example, ${own}`,
      `https://evil.example/#${own}`,
      `https://evil.example?${own}`,
      `file://${own}`,
      'file://',
      'chrome-extension://abc',
      ' ',
    ]) {
      const closed = ['/guests', '/guests/alpha', '/join/alpha'].map(
        (path) => dial(url + path, { origin }).closed,
      )
      const heard = (await Promise.all(closed)).map(({ code, status }) => status ?? code)
      expect([origin, ...heard]).toEqual([origin, 403, 403, 4403])
    }
    expect(host.counts).toMatchObject({ guests: 0, consoles: 0 })
    expect(errors).toEqual([])
  })

  test('nor does one that says two origins, or whose name points here', async () => {
    const { url, port } = await victim(options)
    const own = url.replace('ws:', 'http:')
    for (const headers of [
      [`Origin: ${own}`, 'Origin: https://evil.example'],
      ['Origin: https://evil.example', `Origin: ${own}`],
      ['Host: evil.example', 'Origin: http://evil.example'],
      [`Host: evil.example:${port}`, `Origin: http://evil.example:${port}`],
      ['Host: localhost.evil.example', 'Origin: http://localhost.evil.example'],
      ['Host: localhost@evil.example', 'Origin: http://evil.example'],
      ['Host: evil.example', 'X-Forwarded-Host: localhost'],
      ['Host:'],
    ]) {
      const raw = new Raw(port)
      await raw.send(head('GET /guests HTTP/1.1', upgradeHeaders(headers)))
      expect([...headers, (await raw.answer()).slice(0, 12)]).toEqual([...headers, 'HTTP/1.1 403'])
    }
  })
})

const urls = (base: string) => [`${base}/guests`, `${base}/guests/alpha`, `${base}/join/alpha`]

/** What a page hears when it dials. */
type Heard = Record<string, string>

/** Runs in a page. */
async function hijack(all: string[]): Promise<Heard> {
  const heard = await Promise.all(
    all.map(async (url) => {
      const socket = new WebSocket(url)
      const said = await new Promise<string>((resolve) => {
        socket.addEventListener('message', ({ data }) => resolve(`heard ${String(data)}`))
        socket.addEventListener('close', ({ code }) => resolve(`closed ${code}`))
        socket.addEventListener('open', () =>
          socket.send('{"opid":"11111111-1111-4111-8111-111111111111","opnm":"/greet/hello","opct":{}}'),
        )
      })
      socket.close()
      return [new URL(url).pathname, said] as const
    }),
  )
  return Object.fromEntries(heard)
}

test.runIf(executablePath !== undefined)('Chromium hijacks nothing for a page', async () => {
  const { host, url, port } = await victim()
  const evil = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><link rel=icon href=data:,>')
  })
  cleanups.push(() => evil.closeAllConnections())
  cleanups.push(() => evil.close())
  evil.listen(0, '127.0.0.1')
  await once(evil, 'listening')
  const evilPort = (evil.address() as AddressInfo).port
  const browser = await openBrowser(['--host-resolver-rules=MAP evil.example 127.0.0.1'])
  cleanups.push(() => browser.close())
  const page = await browser.page()
  const nothing = { '/guests': 'closed 1006', '/guests/alpha': 'closed 1006', '/join/alpha': 'closed 4403' }

  await page.goto(`http://127.0.0.1:${evilPort}/`)
  expect(await page.evaluate(hijack, urls(url))).toEqual(nothing)
  // A sandboxed frame has the origin null.
  await page.setContent('<iframe sandbox="allow-scripts" srcdoc="<p>"></iframe>')
  const frame = page.frames()[1]
  expect(await frame?.evaluate(hijack, urls(url))).toEqual(nothing)
  // Rebinding: for the browser the host is the page's own.
  await page.goto(`http://evil.example:${port}/`)
  expect(await page.evaluate(hijack, urls(`ws://evil.example:${port}`))).toEqual(nothing)
  expect(host.counts).toMatchObject({ guests: 0, consoles: 0 })
  // The host's own page does get in: it is about whose page it is, not about pages.
  await page.goto(`http://127.0.0.1:${port}/`)
  expect(await page.evaluate(hijack, urls(url))).toEqual({
    '/guests': expect.stringContaining('heard'),
    '/guests/alpha': expect.stringContaining('heard'),
    '/join/alpha': expect.stringContaining('heard'),
  })
})
