import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bundle } from '../bundle.mjs'
import * as browser from './browser.js'
import * as client from './index.js'

const limits = JSON.parse(
  readFileSync(new URL('../../../.size-limit.json', import.meta.url), 'utf8'),
) as readonly { readonly path: string; readonly limit: string }[]

describe.each([
  ['guestool', browser],
  ['hub', client],
] as const)('the browser bundle %s', async (file, entry) => {
  const { code, gzipped, parts } = await bundle({ file, from: 'src' })
  const files = parts.filter(([, bytes]) => bytes > 0).map(([path]) => path)

  test('is one file that offers what its entry does', async () => {
    expect(code).not.toMatch(/\bfrom\s*["']|\bimport\s*["'(]|\brequire\(/)
    const bundled = (await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
    )) as object
    expect(Object.keys(bundled).toSorted()).toEqual(Object.keys(entry).toSorted())
  })

  test('has nothing in it that a page cannot use: no zod that compiles, nothing of ws', () => {
    expect(files.filter((path) => /\/(zod|ws)\/|websocket-node|responder|acceptor/.test(path))).toEqual([])
    expect(code).not.toMatch(/\beval\(|new Function/)
  })

  test('has the hub in it only if it is the hub', () => {
    const ofHub = files.filter((path) => /\/(hub|fleet|gather|guest-events)\.ts$/.test(path))
    expect(ofHub.length).toBe(file === 'hub' ? 5 : 0)
  })

  test('keeps to the limit of .size-limit.json, minified and gzipped', () => {
    const row = limits.find(({ path }) => path.endsWith(`/browser/${file}.js`))
    const limit = Number(row?.limit.replace(' kB', '')) * 1000
    expect(limit).toBeGreaterThan(0)
    const contents = parts.map(([path, bytes]) => `${bytes} ${path}`).join('\n')
    if (gzipped > limit) throw new Error(`${gzipped} bytes are over ${limit}; before gzip:\n${contents}`)
  })
})
