import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundle } from '../bundle.mjs'
import * as client from './index.js'

const { code, gzipped, parts } = await bundle({ from: 'src' })
const limits = JSON.parse(
  readFileSync(new URL('../../../.size-limit.json', import.meta.url), 'utf8'),
) as readonly { readonly limit: string }[]

test('the browser bundle is one file that offers what the package does', async () => {
  expect(code).not.toMatch(/\bfrom\s*["']|\bimport\s*["'(]|\brequire\(/)
  const bundled = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  )) as object
  expect(Object.keys(bundled).toSorted()).toEqual(Object.keys(client).toSorted())
})

test('nothing is in it that a page cannot use: no zod that compiles, nothing of ws', () => {
  const files = parts.filter(([, bytes]) => bytes > 0).map(([file]) => file)
  expect(files.filter((file) => /\/(zod|ws)\/|websocket-node|responder|acceptor/.test(file))).toEqual([])
  expect(code).not.toMatch(/\beval\(|new Function/)
})

test('it keeps to the limit of .size-limit.json, minified and gzipped', () => {
  const [limit = 0] = limits.map(({ limit: text }) => Number(text.replace(' kB', '')) * 1000)
  expect(limit).toBeGreaterThan(0)
  const contents = parts.map(([file, bytes]) => `${bytes} ${file}`).join('\n')
  if (gzipped > limit) throw new Error(`${gzipped} bytes are over ${limit}; before gzip:\n${contents}`)
})
