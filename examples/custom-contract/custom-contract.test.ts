import { expect, test, vi } from 'vitest'
import { run } from '../running.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

test('an info, an action and an event of its own, from console to guest to host', async () => {
  const host = run(import.meta.url, 'dist/host.js', '0')
  const { origin } = await host.address()
  const guest = run(import.meta.url, 'dist/guest.js', `${origin}/join/service`)
  await host.sees(/service joined/)

  const console = run(import.meta.url, 'dist/console.js', `${origin}/guests/service`)
  const [, mean, most] = await console.sees(/event loop: ([\d.]+) ms late on average, ([\d.]+) ms at most/)
  expect(Number(most)).toBeGreaterThanOrEqual(Number(mean))
  await console.sees(/log level: was info, is debug\nevent: debug: the level was info and is debug\n/)
  expect(await console.exit).toEqual({ code: 0, signal: null })

  await guest.sees(/debug: the level was info and is debug/)
  await host.sees(/service logs debug: the level was info and is debug/)
})
