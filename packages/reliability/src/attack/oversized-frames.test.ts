import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { bystanders, bytesOf, cleanUp, upgraded, victim } from './attack.test.kit.js'

afterEach(cleanUp)

const mib = 1024 * 1024

test.each<[string, number | bigint]>([
  ['a byte over 1 MiB', mib + 1],
  ['2³² bytes', 2n ** 32n],
  ['2⁵³ bytes', 2n ** 53n],
  ['2⁶³ bytes', 2n ** 63n],
  ['2⁶⁴ - 1 bytes', 2n ** 64n - 1n],
])('a frame that says it has %s is refused before they come', async (_, length) => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  for (const path of ['/guests', '/join/alpha']) {
    for (const opcode of [1, 2]) {
      const raw = await upgraded(port, path)
      await raw.send(bytesOf(opcode, '', { length }))
      expect(await raw.closeCode()).toBe(1009)
    }
  }
  await served()
})

test('fragments that are over 1 MiB together are refused, too', async () => {
  const { port } = await victim()
  const raw = await upgraded(port, '/guests')
  await raw.send(bytesOf(1, Buffer.alloc(mib / 2, ' '), { fin: false }))
  await raw.send(bytesOf(0, Buffer.alloc(mib / 2, ' '), { fin: false }))
  await raw.send(bytesOf(0, '', { length: 1 }))
  expect(await raw.closeCode()).toBe(1009)
})

test('frames of 1 MiB that are announced and never sent take no memory', async () => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 200; i++) {
    const raw = await upgraded(port, '/guests')
    await raw.send(bytesOf(1, 'x', { length: mib }))
  }
  await served()
  for (let turn = 0; turn < 10; turn++) await setImmediate()
  // Two hundred of them are 200 MiB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * mib)
})
