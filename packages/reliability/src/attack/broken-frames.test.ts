import { afterEach, expect, test } from 'vitest'
import { bystanders, bytesOf, cleanUp, upgraded, victim } from './attack.test.kit.js'

// Frames that no WebSocket may have, below what a protocol on top of them sees.

afterEach(cleanUp)

const closing = (code: number, reason: string | Buffer = '') => {
  const start = Buffer.alloc(2)
  start.writeUInt16BE(code)
  return Buffer.concat([start, Buffer.from(reason)])
}

const frames: [string, number, Buffer][] = [
  ['is not masked', 1002, bytesOf(1, 'x', { masked: false })],
  ['has a reserved opcode of data', 1002, bytesOf(3, 'x')],
  ['has a reserved opcode of control', 1002, bytesOf(11, 'x')],
  ['has the first reserved bit', 1002, bytesOf(1, 'x', { rsv: 4 })],
  ['has the second', 1002, bytesOf(1, 'x', { rsv: 2 })],
  ['has the third', 1002, bytesOf(1, 'x', { rsv: 1 })],
  ['goes on with nothing', 1002, bytesOf(0, 'x')],
  [
    'begins in the middle of another',
    1002,
    Buffer.concat([bytesOf(1, 'x', { fin: false }), bytesOf(1, 'x')]),
  ],
  ['is a ping in fragments', 1002, bytesOf(9, 'x', { fin: false })],
  ['is a ping of 126 bytes', 1002, bytesOf(9, 'x'.repeat(126))],
  ['is no UTF-8', 1007, bytesOf(1, Buffer.from([0xc3, 0x28]))],
  ['is half a surrogate pair', 1007, bytesOf(1, Buffer.from([0xed, 0xa0, 0x80]))],
  ['is an overlong slash', 1007, bytesOf(1, Buffer.from([0xc0, 0xaf]))],
  ['closes with one byte', 1002, bytesOf(8, 'x')],
  ['closes with code 0', 1002, bytesOf(8, closing(0))],
  ['closes with 1005, which is none', 1002, bytesOf(8, closing(1005))],
  ['closes with 1006, which is a lost connection', 1002, bytesOf(8, closing(1006))],
  ['closes with 5000', 1002, bytesOf(8, closing(5000))],
  ['closes with 65535', 1002, bytesOf(8, closing(65_535))],
  ['closes with a reason that is no UTF-8', 1007, bytesOf(8, closing(1000, Buffer.from([0xff, 0xfe])))],
]

test.each(frames)('a frame that %s ends its connection with %i', async (_, code, frame) => {
  const { host, url, port, errors } = await victim()
  const { served } = await bystanders({ host, url })
  for (const path of ['/guests', '/join/alpha', '/nowhere']) {
    const raw = await upgraded(port, path)
    if (path === '/guests') await raw.send(bytesOf(1, hello))
    await raw.send(frame)
    // A path that is none is told so first.
    expect(await raw.closeCode()).toBe(path === '/nowhere' ? 4404 : code)
  }
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
  expect(errors).toEqual([])
  await served()
})

const hello = '{"opid":"11111111-1111-4111-8111-111111111111","opnm":"/greet/hello","opct":{}}'

test('half a connection is none: whoever ends its half, in a frame or between, is gone', async () => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  for (const last of ['', bytesOf(1, 'x', { length: 1000 }), bytesOf(8, closing(1000))]) {
    const raw = await upgraded(port, '/join/alpha')
    await raw.send(bytesOf(1, hello))
    await raw.send(last)
    raw.socket.end()
    await raw.closed
  }
  await served()
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
})

test('what follows a close is not read', async () => {
  const { host, port } = await victim()
  const raw = await upgraded(port, '/join/alpha')
  await raw.send(Buffer.concat([bytesOf(8, closing(1000)), bytesOf(1, hello)]))
  expect(await raw.closeCode()).toBe(1000)
  expect(host.guests).toEqual([])
})
