import { afterEach, expect, test } from 'vitest'
import { bystanders, cleanUp, head, Raw, upgradeHeaders, victim } from './attack.test.kit.js'

// Requests that two servers read in two ways (smuggling), methods and upgrades that are none of a host's, and answers that
// are made to say more than they should (splitting).

afterEach(cleanUp)

async function answerTo(port: number, bytes: string): Promise<string> {
  const raw = new Raw(port)
  await raw.send(bytes)
  raw.socket.end()
  await raw.closed
  return raw.received
}

const ask = 'GET /guests HTTP/1.1'
const upgradeWith = (...headers: string[]) => head(ask, upgradeHeaders(headers))
/** A second request, which the first one hides from whoever reads it in the other way. */
const hidden = head('GET / HTTP/1.1', ['Host: localhost'])

test.each<[string, string]>([
  [
    'says two lengths',
    head('POST / HTTP/1.1', ['Host: localhost', 'Content-Length: 0', 'Content-Length: 44']) + hidden,
  ],
  [
    'says a length and chunks',
    head('POST / HTTP/1.1', ['Host: localhost', 'Content-Length: 44', 'Transfer-Encoding: chunked']) +
      `0\r\n\r\n${hidden}`,
  ],
  [
    'says chunks that are none',
    head('POST / HTTP/1.1', ['Host: localhost', 'Transfer-Encoding: xchunked']) + hidden,
  ],
  ['has a space before a colon', head('GET / HTTP/1.1', ['Host: localhost', 'Content-Length : 44']) + hidden],
  ['has lines without a carriage return', 'GET / HTTP/1.1\nHost: localhost\n\n'],
  ['has a NUL in a header', head('GET / HTTP/1.1', ['Host: localhost', 'X-A: b\0c'])],
  ['has a carriage return in a header', head('GET / HTTP/1.1', ['Host: localhost', 'X-A: b\rX-B: c'])],
  ['has no Host', head('GET / HTTP/1.1', ['X-A: b'])],
  ['is HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['is of a version that is none', 'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n'],
  ['is TLS', Buffer.from('1603010200010001fc0303', 'hex').toString('latin1')],
])('a request that %s gets one answer, and is not taken for two', async (_, bytes) => {
  const { host, port } = await victim()
  const answer = await answerTo(port, bytes)
  expect(answer).toMatch(/^HTTP\/1\.1 4(00|26) /)
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(host.counts).toMatchObject({ guests: 0, consoles: 0 })
})

test.each<[number, string, string]>([
  [405, 'POST', head('POST /guests HTTP/1.1', upgradeHeaders())],
  [405, 'HEAD', head('HEAD /guests HTTP/1.1', upgradeHeaders())],
  [405, 'TRACE', head('TRACE /join/alpha HTTP/1.1', upgradeHeaders())],
  [400, 'another protocol', upgradeWith('Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA')],
  [400, 'websocket and another', upgradeWith('Upgrade: websocket, h2c')],
  [400, 'no version', upgradeWith('Sec-WebSocket-Version:')],
  [400, 'version 12', upgradeWith('Sec-WebSocket-Version: 12')],
  [400, 'version 14', upgradeWith('Sec-WebSocket-Version: 14')],
  [400, 'two versions', upgradeWith('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 13')],
  [400, 'no key', upgradeWith('Sec-WebSocket-Key:')],
  [400, 'a short key', upgradeWith('Sec-WebSocket-Key: AAAA')],
  [400, 'a key of something else', upgradeWith(`Sec-WebSocket-Key: ${'"'.repeat(24)}`)],
  [400, 'a protocol that is none', upgradeWith('Sec-WebSocket-Protocol: guestool, a b')],
  [400, 'a protocol twice', upgradeWith('Sec-WebSocket-Protocol: guestool, guestool')],
])('an upgrade is answered with %i: %s', async (status, _, bytes) => {
  const { host, url, port, errors } = await victim()
  const { served } = await bystanders({ host, url })
  const answer = await answerTo(port, bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
  expect(errors).toEqual([])
  await served()
})

test('what is no upgrade tells nothing and does nothing, whatever its method', async () => {
  const { host, port } = await victim()
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    for (const path of ['/', '/guests', '/guests/alpha', '/join/alpha', '*', 'http://localhost/guests']) {
      const answer = await answerTo(
        port,
        head(`${method} ${path} HTTP/1.1`, ['Host: localhost', 'X-Secret: mine']),
      )
      expect(answer).toMatch(/^HTTP\/1\.1 4(26|00) /)
      expect(answer).not.toContain('mine')
      expect(answer).not.toMatch(/access-control/i)
    }
  }
  expect(await answerTo(port, head('CONNECT localhost:80 HTTP/1.1', ['Host: localhost']))).toBe('')
  expect(host.counts.turnedAway).toBe(0)
})

test('nothing of a request stands in the answer: no token in a subprotocol, no line of its own', async () => {
  const { port } = await victim()
  for (const protocols of ['bearer.c2VjcmV0', 'guestool, bearer.c2VjcmV0', 'bearer.c2VjcmV0, guestool']) {
    const raw = new Raw(port)
    await raw.send(upgradeWith(`Sec-WebSocket-Protocol: ${protocols}`))
    const answer = await raw.answer()
    expect(answer).toMatch(/^HTTP\/1\.1 101 /)
    expect(answer).not.toContain('c2VjcmV0')
  }
  for (const path of ['/guests/%0d%0aX-Evil:%20yes', '/guests/\u010d\u010aX-Evil:', '/join/x%00']) {
    const raw = new Raw(port)
    await raw.send(Buffer.from(head(`GET ${path} HTTP/1.1`, upgradeHeaders()), 'utf8'))
    expect(await raw.answer()).not.toMatch(/evil/i)
  }
})
