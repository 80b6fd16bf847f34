import { randomBytes } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { createClient, type Client } from '@guestool/client'
import { newOpid } from '@guestool/core'
import { createHost, type Host, type HostOptions } from '@guestool/server'
import { frame, readFrame, type RawFrame } from '@guestool/testing'
import { expect } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'

// What the tests of attacks share: a host, those whom it has to go on serving, and sockets that obey no rules.

/** What is undone after each test, the last first. */
export const cleanups: (() => unknown)[] = []

/** To be called after each test. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
}

const time = { system: 10, nonebot: 5, system_ts: 1_700_000_000, nonebot_ts: 1_700_000_005 }

/** A host on a port of its own. */
export async function victim(options?: HostOptions) {
  const host = createHost({ history: false, ...options })
  cleanups.push(() => host.close())
  const errors: unknown[] = []
  host.on('error', (error) => errors.push(error))
  const { url, port } = await host.listen(0)
  return { host, url, port, errors }
}

/** A guest and a console that do nothing wrong: `served` proves that the host has time for them. */
export async function bystanders({ host, url }: { host: Host; url: string }): Promise<{
  client: Client
  served: () => Promise<void>
}> {
  await answering(`${url}/join/bystander`)
  const client = createClient(`${url}/guests/bystander`)
  cleanups.push(() => client.close())
  const served = async (): Promise<void> => {
    expect(await client.info('time')).toEqual(time)
    expect(await host.guest('bystander')?.info('time')).toEqual(time)
  }
  await served()
  return { client, served }
}

/** A guest that answers whatever it is asked with the time. */
export async function answering(url: string, options?: ClientOptions): Promise<Line> {
  const guest = await enter(url, options)
  guest.socket.on('message', (data: Buffer) => {
    const { opid, opnm } = readFrame(data.toString('utf8'))
    if (String(opnm).startsWith('/info')) guest.send('/event/report/info', time, String(opid))
  })
  return guest
}

/** A WebSocket of `ws` that sends what it is told to. */
export interface Line {
  readonly socket: WebSocket
  /** Every text that came and was not taken by `next`. */
  readonly texts: string[]
  readonly opened: Promise<void>
  /** `status` where it was refused by HTTP. */
  readonly closed: Promise<{ code: number; reason: string; status: number | undefined }>
  /** The next text. */
  next(): Promise<string>
  /** Sends a frame. Its `opid`. */
  send(opnm: string, opct?: unknown, opid?: string): string
  /** Sends a frame, and takes the answer; what comes before it stays in `texts`. */
  ask(opnm: string, opct?: unknown, opid?: string): Promise<RawFrame>
}

export function dial(url: string, options: ClientOptions & { protocols?: string[] } = {}): Line {
  const { protocols = [], ...others } = options
  const socket = new WebSocket(url, protocols, others)
  cleanups.push(() => socket.terminate())
  const texts: string[] = []
  const waiting = new Set<() => void>()
  const heard = (): void => {
    for (const wake of waiting) wake()
    waiting.clear()
  }
  socket.on('message', (data: Buffer) => {
    texts.push(data.toString('utf8'))
    heard()
  })
  let status: number | undefined
  socket.on('unexpected-response', (_, response) => {
    status = response.statusCode
    socket.terminate()
  })
  socket.on('error', () => undefined)
  const closed: Line['closed'] = new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason), status }))
  })
  void closed.then(heard)
  const take = async (fits: (text: string) => boolean): Promise<string> => {
    for (;;) {
      const at = texts.findIndex((text) => fits(text))
      if (at >= 0) return texts.splice(at, 1)[0] ?? ''
      if (socket.readyState === WebSocket.CLOSED) throw new Error('closed before it came')
      await new Promise<void>((resolve) => waiting.add(resolve))
    }
  }
  const send: Line['send'] = (opnm, opct = {}, opid = newOpid()) => {
    socket.send(frame(opid, opnm, opct))
    return opid
  }
  return {
    socket,
    texts,
    opened: new Promise((resolve) => socket.on('open', () => resolve())),
    closed,
    next: () => take(() => true),
    send,
    ask: async (opnm, opct, opid) => {
      const sent = send(opnm, opct, opid)
      return readFrame(await take((text) => readFrame(text).opid === sent))
    },
  }
}

/** A guest or a console that said hello and was answered. */
export async function enter(url: string, options?: ClientOptions): Promise<Line> {
  const line = dial(url, options)
  await line.opened
  await line.ask('/greet/hello')
  return line
}

/** A TCP connection, and the bytes that came over it. */
export class Raw {
  readonly socket: Socket
  readonly closed: Promise<void>
  #received = Buffer.alloc(0)

  constructor(port: number) {
    this.socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true })
    cleanups.push(() => this.socket.destroy())
    // A reset is an end like any other.
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()))
    // Whoever waits for the end need not end its own half.
    this.socket.on('end', () => this.socket.end())
    this.socket.on('data', (data: Buffer) => (this.#received = Buffer.concat([this.#received, data])))
  }

  /** All that came, a character for a byte. */
  get received(): string {
    return this.#received.toString('latin1')
  }

  /** Resolves when the bytes have left, or cannot any more. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()))
  }

  /** The head of an HTTP answer; what came until the end where there is none. */
  async answer(): Promise<string> {
    while (!this.received.includes('\r\n\r\n') && !this.socket.destroyed) await this.#more()
    return this.received
  }

  /** The code in the first close frame of the host, which is not answered; undefined where it ended without one. */
  async closeCode(): Promise<number | undefined> {
    while (this.#code === undefined && !this.socket.destroyed) await this.#more()
    this.socket.destroy()
    return this.#code
  }

  get #code(): number | undefined {
    const start = this.#received.indexOf('\r\n\r\n') + 4
    for (let at = start; at + 4 <= this.#received.length;) {
      const [opcode = 0, length = 0] = this.#received.subarray(at)
      if (opcode === 0x88) return this.#received.readUInt16BE(at + 2)
      at += length < 126 ? 2 + length : 4 + this.#received.readUInt16BE(at + 2)
    }
    return undefined
  }

  #more(): Promise<unknown> {
    return Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.closed])
  }
}

/** The head of a request, as it stands on the wire. */
export function head(first: string, headers: readonly string[]): string {
  return [first, ...headers, '', ''].join('\r\n')
}

/** The headers of an upgrade; further ones may take the place of these. */
export function upgradeHeaders(others: readonly string[] = []): string[] {
  const names = new Set(others.map((other) => other.split(':')[0]?.toLowerCase()))
  const usual = [
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ]
  return [...usual.filter((line) => !names.has(line.split(':')[0]?.toLowerCase())), ...others]
}

/** A TCP connection that was upgraded. */
export async function upgraded(port: number, path: string, others?: readonly string[]): Promise<Raw> {
  const raw = new Raw(port)
  await raw.send(head(`GET ${path} HTTP/1.1`, upgradeHeaders(others)))
  expect(await raw.answer()).toMatch(/^HTTP\/1\.1 101 /)
  return raw
}

/** How a frame breaks the rules. */
export interface FrameOptions {
  readonly fin?: boolean
  /** Reserved bits: 4 says that it is compressed. */
  readonly rsv?: number
  readonly masked?: boolean
  /** The length that it says, whatever it has. */
  readonly length?: number | bigint
}

/** A WebSocket frame of a client, as bytes. */
export function bytesOf(opcode: number, content: string | Buffer, options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, masked = true } = options
  const payload = Buffer.from(content)
  const length = BigInt(options.length ?? payload.length)
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  const mask = masked ? 0x80 : 0
  const start = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  start[0] = first
  if (length < 126) start[1] = mask | Number(length)
  else if (length < 65_536) {
    start[1] = mask | 126
    start.writeUInt16BE(Number(length), 2)
  } else {
    start[1] = mask | 127
    start.writeBigUInt64BE(length, 2)
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([start, Buffer.alloc(masked ? 4 : 0), payload])
}
