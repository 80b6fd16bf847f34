import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { consolePage, type ConsolePageOptions } from './index.js'

const closes: (() => void)[] = []
afterEach(() => {
  for (const close of closes.splice(0)) close()
})

async function served(
  options?: ConsolePageOptions,
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(consolePage(options))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closes.push(() => server.close().closeAllConnections())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
}

const scriptOf = (html: string): string => /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? 'no script'

test('the page may run its own scripts only, and no page may frame it', async () => {
  const ask = await served()
  const page = await ask('/')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const html = await page.text()
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)/)
  const script = await ask(`/${scriptOf(html)}`)
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(script.headers.get('content-type')).toMatch(/javascript/)
  expect(script.headers.get('content-encoding')).toBe('gzip')
})

test('what is not there is 404, and nothing outside is told of', async () => {
  const ask = await served()
  for (const path of ['/nothing', '/assets/', '/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/%'])
    expect([path, (await ask(path)).status]).toEqual([path, 404])
  expect((await ask('/', { method: 'POST' })).status).toBe(405)
})

test('below a base path its files are found there, with or without the last slash', async () => {
  const ask = await served({ basePath: '/tools/guests/' })
  const bare = await ask('/tools/guests')
  expect([bare.status, bare.headers.get('location')]).toEqual([308, 'guests/'])
  const html = await (await ask('/tools/guests/')).text()
  expect((await ask(`/tools/guests/${scriptOf(html)}`)).status).toBe(200)
  expect((await ask('/tools/guestsx')).status).toBe(404)
})

// The first paint is what index.html names, and what those files import before they run.
test('the first paint is under 60 KB, and everything under 150 KB, gzipped', () => {
  const folder = fileURLToPath(new URL('../../dist/page/', import.meta.url))
  const sizeOf = (file: string): number => gzipSync(readFileSync(`${folder}${file}`), { level: 9 }).length
  const first = new Set<string>()
  const visit = (file: string): void => {
    if (first.has(file) || !existsSync(`${folder}${file}`)) return
    first.add(file)
    const text = readFileSync(`${folder}${file}`, 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
      visit(`assets/${name}`)
    for (const [, name] of text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) visit(`${name}`)
  }
  visit('index.html')
  expect([...first].some((file) => file.endsWith('.css'))).toBe(true)
  const paint = [...first].reduce((sum, file) => sum + sizeOf(file), 0)
  expect(paint).toBeGreaterThan(20_000)
  expect(paint).toBeLessThan(60_000)
  const assets = readdirSync(`${folder}assets`).filter((file) => /\.(js|css)$/.test(file))
  const all = sizeOf('index.html') + assets.reduce((sum, file) => sum + sizeOf(`assets/${file}`), 0)
  expect(all).toBeLessThan(150_000)
})
