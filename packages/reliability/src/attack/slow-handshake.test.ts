import { afterEach, expect, test } from 'vitest'
import {
  bystanders,
  cleanups,
  cleanUp,
  head,
  Raw,
  upgraded,
  upgradeHeaders,
  victim,
} from './attack.test.kit.js'

// Whoever takes its time to come to the point holds a connection for ten seconds, and Node looks every five.

afterEach(cleanUp)

/** A byte a second, as long as anybody takes it. */
function drip(raw: Raw, text: string): void {
  let at = 0
  const timer = setInterval(() => void raw.send(Buffer.from(text[at++ % text.length] ?? '', 'latin1')), 1_000)
  cleanups.push(() => clearInterval(timer))
  void raw.closed.then(() => clearInterval(timer))
}

test('connections that say nothing, too little, or a byte a second are given up', async () => {
  const { host, url, port, errors } = await victim()
  const { served } = await bystanders({ host, url })
  const silent = new Raw(port)
  const upgrade = head('GET /join/alpha HTTP/1.1', upgradeHeaders())
  const inRequest = new Raw(port)
  drip(inRequest, upgrade)
  const inHeader = new Raw(port)
  await inHeader.send(upgrade.slice(0, -2))
  drip(inHeader, 'x-a: b\r\n')
  const inBody = new Raw(port)
  await inBody.send(head('POST / HTTP/1.1', ['Host: localhost', 'Content-Length: 1000000']))
  drip(inBody, 'x')
  // One that does all it may with TLS, on a port that has none.
  const secure = new Raw(port)
  await secure.send(Buffer.from('16030100', 'hex'))
  const noHello = await upgraded(port, '/join/alpha')
  const slowHello = await upgraded(port, '/guests')
  drip(slowHello, '\u0081\u00fe\u0010'.padEnd(100, 'x'))
  const pings = await upgraded(port, '/guests/alpha')
  drip(pings, '\u0089\u0080\u0000\u0000\u0000\u0000')

  await served()
  expect(await noHello.closeCode()).toBe(4408)
  expect(await slowHello.closeCode()).toBe(4408)
  expect(await pings.closeCode()).toBe(4408)
  await Promise.all([silent, inRequest, inHeader, inBody, secure].map(({ closed }) => closed))
  expect(silent.received + secure.received).not.toContain('200')
  expect(host.counts).toMatchObject({ guests: 1, consoles: 1 })
  expect(errors).toEqual([])
  await served()
})
