import { describe, expect, test, vi } from 'vitest'
import { Backlog } from './backlog.js'
import type { Receiver } from './transport.js'
import { webSocketTransport as nodeTransport } from './websocket-node.js'
import { webSocketTransport as standardTransport } from './websocket-standard.js'
import { publicUrl, webSocketDial, webSocketUrl } from './websocket.js'

describe('the URL of a host', () => {
  test.each([
    ['ws://127.0.0.1:37103/guests/alpha', 'ws://127.0.0.1:37103/guests/alpha'],
    ['wss://host', 'wss://host'],
    ['http://host/guests', 'ws://host/guests'],
    ['https://host/x?token=1', 'wss://host/x?token=1'],
    ['ws://[::1]:37103/', 'ws://[::1]:37103/'],
    ['ws://alpha:token@host/join/alpha', 'ws://alpha:token@host/join/alpha'],
  ])('%s', (url, expected) => {
    expect(webSocketUrl(url)).toBe(expected)
    expect(webSocketUrl(new URL(url))).toMatch(/^wss?:/)
  })

  test.each([
    '',
    'host',
    'localhost:37103',
    'ftp://host',
    'ws:/host',
    'ws://',
    'ws://ho st',
    'ws://host/#x',
    'ws://host\n',
    'ws://host:99999/',
    'ws://[host]/',
  ])('is not %j, said early', (url) => {
    expect(() => webSocketUrl(url)).toThrow(TypeError)
    expect(() => webSocketUrl(url)).toThrow('ws://127.0.0.1:37103')
  })

  test.each([
    ['ws://alpha:s3cret@host/join/alpha', 'ws://host/join/alpha'],
    ['wss://host/guests?token=s3cret', 'wss://host/guests'],
    ['ws://host/a@b', 'ws://host/a@b'],
    ['ws://alpha:s3@cr@et@host/join/alpha', 'ws://host/join/alpha'],
    ['alpha:s3cret@host/join', 'host/join'],
  ])('%s is shown as %s', (url, shown) => {
    expect(publicUrl(url)).toBe(shown)
  })

  test.each([
    'ws://alpha:s3cret@host:99999/join/alpha',
    'wss+x://alpha:s3cret@host',
    'ws://host:x?token=s3cret',
    'alpha:s3cret@host/join/alpha',
  ])('%s is refused without its secret', (url) => {
    expect(() => webSocketUrl(url)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3') }),
    )
  })
})

/** What a transport told, in order. */
function receiver(): Receiver & { readonly log: string[] } {
  const log: string[] = []
  return {
    log,
    opened: () => void log.push('opened'),
    text: (text) => void log.push(`text ${text}`),
    binary: () => void log.push('binary'),
    pong: () => void log.push('pong'),
    closed: (code, reason) => void log.push(`closed ${code} ${reason}`),
  }
}

/** The WebSocket of a browser, as far as it is used. */
class PageSocket extends EventTarget {
  readyState = 0
  readonly sent: string[] = []
  readonly closes: unknown[][] = []
  send(text: string): void {
    this.sent.push(text)
  }
  close(...args: unknown[]): void {
    this.closes.push(args)
  }
  fire(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields))
  }
}

/** The WebSocket of `ws`, as far as it is used. */
class NodeSocket {
  readyState = 1
  readonly sent: string[] = []
  readonly closes: unknown[][] = []
  pings = 0
  terminated = false
  readonly #listeners = new Map<string, ((...args: never[]) => void)[]>()
  on(event: string, listener: (...args: never[]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }
  fire(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]))
  }
  send(text: string): void {
    this.sent.push(text)
  }
  close(...args: unknown[]): void {
    this.closes.push(args)
  }
  ping(): void {
    this.pings++
  }
  terminate(): void {
    this.terminated = true
  }
  pause(): void {}
  resume(): void {}
}

const pageTransport = () => {
  const socket = new PageSocket()
  const heard = receiver()
  return { socket, heard, transport: standardTransport(socket as never, heard) }
}

describe('the WebSocket of a browser', () => {
  test('tells what happens', () => {
    const { socket, heard } = pageTransport()
    socket.fire('open')
    socket.fire('message', { data: 'hello' })
    socket.fire('message', { data: new ArrayBuffer(1) })
    socket.fire('message', { data: new Blob() })
    socket.fire('error')
    socket.fire('close', { code: 4409, reason: 'taken' })
    expect(heard.log).toEqual(['opened', 'text hello', 'binary', 'binary', 'closed 4409 taken'])
  })

  test('takes no frame unless it is open, and says so', () => {
    const { socket, transport } = pageTransport()
    for (const state of [0, 2, 3]) {
      socket.readyState = state
      expect(() => transport.send('x')).toThrow('not open')
    }
    socket.readyState = 1
    transport.send('x')
    expect(socket.sent).toEqual(['x'])
  })

  test('has no ping and no terminate', () => {
    const { transport } = pageTransport()
    expect(['ping' in transport, 'terminate' in transport]).toEqual([false, false])
  })

  test('closes with a reason that fits into a close frame, in bytes', () => {
    const { socket, transport } = pageTransport()
    transport.close(4400, 'x'.repeat(200))
    transport.close(4400, '字'.repeat(200))
    transport.close(1000, '')
    expect(socket.closes).toEqual([
      [4400, 'x'.repeat(123)],
      [4400, '字'.repeat(41)],
      [1000, ''],
    ])
  })
})

const wsTransport = (stream?: { cork(): void; uncork(): void }) => {
  const socket = new NodeSocket()
  const heard = receiver()
  const accepted = stream && { stream: { ...stream, writableLength: 0 }, backlog: new Backlog() }
  return { socket, heard, transport: nodeTransport(socket, heard, accepted) }
}

describe('the WebSocket of ws', () => {
  test('tells what happens; an error is the reason of the close that follows', () => {
    const { socket, heard } = wsTransport()
    socket.fire('open')
    socket.fire('message', Buffer.from('你好'), false)
    socket.fire('message', Buffer.from('x'), true)
    socket.fire('pong')
    socket.fire('error', new Error('ECONNREFUSED'))
    socket.fire('close', 1006, Buffer.from(''))
    expect(heard.log).toEqual(['opened', 'text 你好', 'binary', 'pong', 'closed 1006 ECONNREFUSED'])
  })

  test('a frame over the limit is 1009 on this side, too', () => {
    const { socket, heard } = wsTransport()
    socket.fire(
      'error',
      Object.assign(new Error('Max payload size exceeded'), { code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' }),
    )
    socket.fire('close', 1006, Buffer.from(''))
    expect(heard.log).toEqual(['closed 1009 Max payload size exceeded'])
  })

  test('pings only while it is open, terminates always', () => {
    const { socket, transport } = wsTransport()
    transport.ping?.()
    socket.readyState = 2
    transport.ping?.()
    transport.terminate?.()
    expect([socket.pings, socket.terminated]).toEqual([1, true])
    expect(() => transport.send('x')).toThrow('not open')
  })

  test('frames of one tick leave in one write, at most 32 in each', async () => {
    const calls: string[] = []
    const { socket, transport } = wsTransport({
      cork: () => void calls.push('cork'),
      uncork: () => void calls.push('uncork'),
    })
    for (let i = 0; i < 40; i++) transport.send(String(i))
    expect(socket.sent).toHaveLength(40)
    expect(calls).toEqual(['cork', 'uncork', 'cork'])
    await new Promise((resolve) => process.nextTick(resolve))
    expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork'])
    transport.send('next tick')
    await new Promise((resolve) => process.nextTick(resolve))
    expect(calls.slice(4)).toEqual(['cork', 'uncork'])
  })

  test('nothing is held back for a frame that is not sent', () => {
    const cork = vi.fn()
    const { socket, transport } = wsTransport({ cork, uncork: vi.fn() })
    socket.readyState = 3
    expect(() => transport.send('x')).toThrow('not open')
    expect(cork).not.toHaveBeenCalled()
  })

  test('one that is connecting tells its stream at the upgrade', async () => {
    const { socket, transport } = wsTransport()
    const cork = vi.fn()
    socket.fire('upgrade', { socket: { cork, uncork: vi.fn(), writableLength: 0 } })
    transport.send('x')
    expect(cork).toHaveBeenCalledOnce()
    await Promise.resolve()
  })

  test('one with standard events only is taken, too', () => {
    const socket = new PageSocket()
    const heard = receiver()
    const transport = nodeTransport(socket as never, heard)
    socket.fire('open')
    expect([heard.log, 'ping' in transport]).toEqual([['opened'], false])
  })
})

test('dialling makes a WebSocket with the limits, and without compression', () => {
  const made: unknown[][] = []
  class Made extends PageSocket {
    constructor(...args: unknown[]) {
      super()
      made.push(args)
    }
  }
  const heard = receiver()
  webSocketDial(Made as never, { url: 'ws://host', maxPayload: 1_024 })(heard)
  expect(made).toEqual([
    ['ws://host', [], { maxPayload: 1_024, perMessageDeflate: false, closeTimeout: 5_000, headers: {} }],
  ])
  expect(heard.log).toEqual([])
})
