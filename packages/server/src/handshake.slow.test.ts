import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { cleanups, cleanUp, listening } from './sockets.test.kit.js'

afterEach(cleanUp)

test.each([
  ['says nothing', ''],
  ['does not finish its request', 'GET /join/alpha HTTP/1.1\r\nHost: localhost\r\n'],
])('a connection that %s is given up', async (_, text) => {
  const { port } = await listening()
  const socket = connect(port, '127.0.0.1')
  cleanups.push(() => socket.destroy())
  socket.resume()
  socket.write(text)
  // Between the 10 s it has and the 5 s that may pass until somebody looks; the test runner gives it far longer.
  await once(socket, 'close')
  expect(socket.closed).toBe(true)
})
