import { setImmediate } from 'node:timers/promises'
import { VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { bytesOf, cleanUp, enter, upgraded, victim } from './attack.test.kit.js'

afterEach(cleanUp)

const hello = '{"opid":"11111111-1111-4111-8111-111111111111","opnm":"/greet/hello","opct":{}}'
const many = (opcode: number, count: number) => {
  const frame = bytesOf(opcode, 'x'.repeat(125))
  return Buffer.concat(Array.from({ length: count }, () => frame))
}

test('a flood of pings is answered by the end: sixty pongs may wait to be read', async () => {
  const { host, url, port } = await victim({ clock: new VirtualClock() })
  for (const path of ['/guests', '/join/alpha']) {
    const raw = await upgraded(port, path)
    await raw.send(bytesOf(1, hello))
    await raw.send(many(9, 100_000))
    await raw.closed
  }
  await enter(`${url}/join/alpha`)
  expect(host.counts).toMatchObject({ guests: 1, consoles: 0 })
})

test('a flood of pongs that nobody asked for is read at the pace of messages', async () => {
  const { host, url, port } = await victim({ clock: new VirtualClock() })
  const raw = await upgraded(port, '/guests')
  await raw.send(bytesOf(1, hello))
  let left = false
  void raw.send(many(10, 100_000)).then(() => (left = true))
  for (let turn = 0; turn < 1_000; turn++) await setImmediate()
  // It stands in the sender's own buffers, as long as no time passes.
  expect(left).toBe(false)
  await enter(`${url}/join/alpha`)
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
})
