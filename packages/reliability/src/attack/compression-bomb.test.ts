import { deflateRawSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import {
  bystanders,
  bytesOf,
  cleanUp,
  head,
  Raw,
  upgraded,
  upgradeHeaders,
  victim,
} from './attack.test.kit.js'

afterEach(cleanUp)

// A kilobyte for each megabyte: that is as far as one layer goes, so that a frame of 1 MiB would be a gigabyte.
const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, ' '), { level: 9 })

test.each([
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  'x-webkit-deflate-frame',
  'permessage-bzip2, permessage-deflate; server_max_window_bits=10',
])('whoever offers %s gets no compression, and its bomb is not unpacked', async (extension) => {
  const { host, url, port } = await victim()
  const { served } = await bystanders({ host, url })
  const offer = [`Sec-WebSocket-Extensions: ${extension}`]
  for (const path of ['/guests', '/join/alpha']) {
    const raw = await upgraded(port, path, offer)
    expect(raw.received).not.toMatch(/extensions/i)
    await raw.send(bytesOf(1, bomb, { rsv: 4 }))
    expect(await raw.closeCode()).toBe(1002)
  }
  await served()
})

test('a bomb as the body of a request is not even read', async () => {
  const { port } = await victim()
  const raw = new Raw(port)
  const headers = ['Host: localhost', 'Content-Encoding: deflate', `Content-Length: ${bomb.length}`]
  await raw.send(head('POST / HTTP/1.1', [...headers, 'Connection: close']))
  await raw.send(bomb)
  expect(await raw.answer()).toMatch(/^HTTP\/1\.1 426 /)
  const upgrade = new Raw(port)
  await upgrade.send(head('POST /guests HTTP/1.1', upgradeHeaders(headers.slice(1))))
  await upgrade.send(bomb)
  expect(await upgrade.answer()).toMatch(/^HTTP\/1\.1 405 /)
})
