import { setImmediate } from 'node:timers/promises'
import { limits, newOpid } from '@guestool/core'
import { VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { bystanders, bytesOf, cleanUp, upgraded, victim } from './attack.test.kit.js'

// A message may come in any number of fragments, and a frame in any number of packets. Each costs far more to keep than
// the byte that it has.

afterEach(cleanUp)

const text = (opnm: string) => `{"opid":"${newOpid()}","opnm":"${opnm}","opct":{}}`

test.each([
  ['of a byte each', ' '],
  ['that are empty', ''],
])('a million fragments %s: the 1 025th is one too many', async (_, content) => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  const fragment = bytesOf(0, content, { fin: false })
  const many = (count: number) => Buffer.concat(Array.from({ length: count }, () => fragment))
  const most = await upgraded(port, '/guests')
  await most.send(Buffer.concat([bytesOf(1, '{', { fin: false }), many(limits.maxFragments - 1)]))
  await served()
  expect(most.socket.closed).toBe(false)
  await most.send(fragment)
  expect(await most.closeCode()).toBe(1008)
  const raw = await upgraded(port, '/join/alpha')
  await raw.send(bytesOf(1, '{', { fin: false }))
  const thousand = many(1_000)
  for (let thousands = 0; thousands < 1_000 && !raw.socket.destroyed; thousands++) {
    void raw.send(thousand)
    await setImmediate()
  }
  expect(await raw.closeCode()).toBe(1008)
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
  await served()
})

test('messages of a thousand fragments each are read at the pace of what they cost', async () => {
  const { host, port } = await victim({ clock: new VirtualClock() })
  const raw = await upgraded(port, '/guests')
  await raw.send(bytesOf(1, text('/greet/hello')))
  const spaces = Buffer.concat(Array.from({ length: 1_000 }, () => bytesOf(0, ' ', { fin: false })))
  let left = 0
  for (let i = 0; i < 2_000; i++) {
    const message = [bytesOf(1, ' ', { fin: false }), spaces, bytesOf(0, text('/nonsense'))]
    void raw.send(Buffer.concat(message)).then(() => left++)
  }
  for (let quiet = 0, before = -1; quiet < 100; before = left) {
    await setImmediate()
    quiet = left === before ? quiet + 1 : 0
  }
  // As long as no time passes, some hundred thousand fragments are read, and not two million.
  expect(host.counts.consoleFrames.received).toBeGreaterThan(200)
  expect(host.counts.consoleFrames.received).toBeLessThan(1_000)
})

test('a frame of 1 MiB in packets of a byte each is not put together', async () => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  const raw = await upgraded(port, '/guests')
  raw.socket.setNoDelay(true)
  await raw.send(bytesOf(1, '', { length: 1024 * 1024 }))
  let packets = 0
  while (!raw.socket.destroyed && packets < 20_000) {
    void raw.send(' ')
    packets++
    await setImmediate()
  }
  expect(await raw.closeCode()).toBe(1008)
  await served()
})
