import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { expect, test, vi } from 'vitest'
import { run } from '../running.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

test('host, guest and console, three programs, with real values', async () => {
  const host = run(import.meta.url, 'host.mjs', '0')
  const { origin } = await host.address()
  const guest = run(import.meta.url, 'guest.mjs', `${origin}/join/alpha`)
  await host.sees(/alpha joined: \S/)
  await guest.sees(/guest: open/)

  const console = run(import.meta.url, 'console.mjs', `${origin}/guests/alpha`)
  const [, total, percent] = await console.sees(/memory: \d+ of (\d+) bytes, ([\d.]+) %/)
  expect(Number(total)).toBe(totalmem())
  expect(Number(percent)).toBeGreaterThan(0)
  await console.sees(/(cpu: [\d.]+ %\n){3}/)
  expect(await console.exit).toEqual({ code: 0, signal: null })

  guest.signal('SIGKILL')
  await host.sees(/alpha left/)
})

/** A host, and a guest that has joined it; another one with the same configuration can be started. */
async function joined() {
  const host = run(import.meta.url, 'host.mjs', '0')
  const { origin } = await host.address()
  const start = () => run(import.meta.url, 'guest.mjs', `${origin}/join/alpha`)
  const guest = start()
  await host.sees(/alpha joined/)
  return { host, guest, start }
}

test('of two guests with one copied configuration the first stays, and the second is told why', async () => {
  const { host, guest, start } = await joined()
  const copy = start()
  await copy.sees(/another live guest holds id alpha; give each guest its own/)
  await copy.sees(/guest: closed/)
  expect(copy.output).not.toMatch(/guest: open/)
  expect(host.output).not.toMatch(/alpha left/)
  expect(guest.output.trim().split('\n')).toEqual(['guest: open'])
})

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a guest whose process was ended by %s and started again has its id back at the first attempt',
  async (signal) => {
    const { host, guest, start } = await joined()
    guest.signal(signal)
    const again = start()
    await host.sees(/alpha left[^]*alpha joined/)
    await again.sees(/guest: open/)
    expect(again.output.trim()).toBe('guest: open')
  },
)

test.each(['host.mjs', 'guest.mjs', 'console.mjs'])('%s is short enough to paste', (name) => {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines.length).toBeLessThanOrEqual(20)
})
