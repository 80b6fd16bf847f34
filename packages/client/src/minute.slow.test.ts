import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createClient } from './index.js'

// The minute itself, on the system's clock and over a real socket; everywhere else it is a virtual one.

interface Frame {
  readonly opid: string
  readonly opnm: string
  readonly opct: unknown
}

/** After how many milliseconds an info is answered; one of them twice. */
const delays = new Map([
  ['bots', [58_000]],
  ['all_disk_io', [61_000, 61_500]],
])

test('a reply within the minute is taken; one after it is refused, and rejected once', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  await once(server, 'listening')
  const frames: Frame[] = []
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8')
      const frame = JSON.parse(text) as Frame
      frames.push(frame)
      if (frame.opnm === '/hello') return socket.send(text)
      if (frame.opnm !== '/info') return
      const { info } = frame.opct as { info: string }
      const reply = JSON.stringify({ ...frame, opct: [] })
      for (const delay of delays.get(info) ?? [0]) setTimeout(() => socket.send(reply), delay)
    })
  })
  const { port } = server.address() as AddressInfo
  const client = createClient(`ws://127.0.0.1:${port}/guests/alpha`)
  onTestFinished(() => client.close())

  const started = Date.now()
  const [inTime, late] = await Promise.allSettled([client.info('bots'), client.info('all_disk_io')])
  const took = Date.now() - started
  expect(inTime).toEqual({ status: 'fulfilled', value: [] })
  expect(late).toMatchObject({
    status: 'rejected',
    reason: { code: 'expired', operation: 'info all_disk_io', guest: 'alpha' },
  })
  expect(took).toBeGreaterThanOrEqual(60_000)

  // Both copies of the late reply come, and a call after them proves that nothing more is said about them.
  await vi.waitFor(() => expect(client.counts).toMatchObject({ late: 1, duplicate: 1 }), 30_000)
  await client.info('processes')
  const asked = frames.find(({ opct }) => (opct as { info?: string }).info === 'all_disk_io')
  const rejections = frames.filter(({ opct }) => (opct as { event?: string }).event === 'reject')
  expect(rejections).toEqual([
    {
      opid: asked?.opid,
      opnm: '/event',
      opct: {
        event: 'reject',
        code: 'expired',
        error: expect.any(String),
        age_ms: expect.toSatisfy((age: number) => age >= 60_000),
      },
    },
  ])
})
