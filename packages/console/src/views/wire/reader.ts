import {
  asking1,
  asking2,
  decode,
  errorReply,
  guestAddresses,
  Malformed,
  plainErrorReply,
  revision1,
  revision2,
  type Event,
  type Message,
  type Rejection,
  type Request,
} from '@guestool/core'
import type { Passed } from '@guestool/core/tap'
import { lifetime, type Frame } from './frame.js'
import { masked } from './mask.js'

/** What passed, when. */
export interface Heard {
  readonly n: number
  /** Unix milliseconds. */
  readonly time: number
  readonly passed: Passed
}

/** Reads what passes on one connection after another, and finds the request of each answer. */
export class FrameReader {
  readonly #requests = new Map<string, Frame>()
  /** Of them, those without an answer. */
  readonly #waiting = new Set<Frame>()
  #began: number | undefined

  read(heard: Heard): Frame {
    const { passed } = heard
    this.#began ??= heard.time
    if ('text' in passed)
      return passed.what === 'sent' ? this.#sent(heard, passed.text) : this.#received(heard, passed.text)
    if ('code' in passed) return this.#closed(heard, passed.code, passed.reason)
    if (passed.what === 'opened') return frame(heard, { kind: 'opened' })
    return frame(heard, { kind: 'unreadable', problem: 'unreadable', says: 'binary' })
  }

  /** It is not kept any more: what comes for it now is an answer to nothing that this page knows. */
  forget(gone: Frame): void {
    if (gone.opid === undefined || this.#requests.get(gone.opid) !== gone) return
    this.#requests.delete(gone.opid)
    this.#waiting.delete(gone)
  }

  #sent(heard: Heard, text: string): Frame {
    const read = readMessage(text)
    if (read instanceof Malformed) return unreadable(heard, text, read)
    const { message, guest } = read
    const of = { guest, opid: message.opid, text: shown(text, message, guest) }
    const rejection = rejectionIn(message)
    if (rejection !== undefined) return refused(heard, of, this.#requests.get(message.opid), rejection)
    if (isGreeting(message, guest))
      return this.#asked(frame(heard, { ...of, kind: 'greeting', operation: greetingOf(message) }))
    const request = requestIn(message)
    if (request === undefined) return unreadable(heard, text, new Malformed(message.opnm, message.opid, true))
    return this.#asked(frame(heard, { ...of, kind: 'request', operation: `${request.kind} ${request.name}` }))
  }

  #asked(request: Frame): Frame {
    if (request.opid !== undefined) this.#requests.set(request.opid, request)
    this.#waiting.add(request)
    return request
  }

  #received(heard: Heard, text: string): Frame {
    const read = readMessage(text)
    if (read instanceof Malformed) {
      const request = read.opid === undefined ? undefined : this.#requests.get(read.opid)
      return request === undefined
        ? unreadable(heard, text, read)
        : this.#answered(request, unreadable(heard, text, read, request))
    }
    const { message, guest } = read
    const { opid } = message
    const request = this.#requests.get(opid)
    const of = { guest, opid, text: shown(text, message, guest) }
    if (isGreeting(message, guest)) {
      const greeting = frame(heard, { ...of, kind: 'greeting', operation: greetingOf(message), request })
      return request === undefined ? greeting : this.#answered(request, greeting)
    }
    const rejection = rejectionIn(message)
    if (rejection !== undefined) return this.#answered(request, refused(heard, of, request, rejection))
    const event = request === undefined ? eventIn(message) : undefined
    if (event !== undefined) return frame(heard, { ...of, kind: 'event', operation: `event ${event.name}` })
    const reply = frame(heard, {
      ...of,
      kind: 'reply',
      operation: request?.operation ?? '',
      request,
      ...problemOf(message, request, heard.time - (request?.time ?? this.#began ?? 0)),
    })
    return this.#answered(request, reply)
  }

  /** The first answer is the one that counts. */
  #answered(request: Frame | undefined, reply: Frame): Frame {
    if (request === undefined || request.reply !== undefined) return reply
    request.reply = reply
    this.#waiting.delete(request)
    return reply
  }

  /** Nothing counts on another connection than that which carried its request. */
  #closed(heard: Heard, code: number, reason: string): Frame {
    for (const request of this.#waiting) request.lost = true
    this.#waiting.clear()
    this.#requests.clear()
    return frame(heard, {
      kind: 'closed',
      operation: String(code),
      text: reason,
      problem: code === 1000 ? undefined : 'closed',
      says: reason,
    })
  }
}

function frame(heard: Heard, known: Partial<Frame> & Pick<Frame, 'kind'>): Frame {
  const { n, time, passed } = heard
  return {
    n,
    time,
    direction: passed.what === 'sent' ? 'sent' : 'received',
    guest: undefined,
    operation: '',
    opid: undefined,
    text: '',
    problem: undefined,
    says: '',
    request: undefined,
    ...known,
  }
}

function unreadable(heard: Heard, text: string, { opid, problem }: Malformed, request?: Frame): Frame {
  return frame(heard, {
    kind: 'unreadable',
    guest: request?.guest,
    operation: request?.operation ?? '',
    opid,
    text: masked(text, undefined),
    problem: 'unreadable',
    says: problem,
    request,
  })
}

function refused(
  heard: Heard,
  of: Pick<Frame, 'guest' | 'opid' | 'text'>,
  request: Frame | undefined,
  { code, error }: Rejection,
): Frame {
  const operation = request?.operation ?? ''
  return frame(heard, { ...of, kind: 'rejection', operation, problem: code, says: error, request })
}

function problemOf(
  message: Message,
  request: Frame | undefined,
  elapsed: number,
): Pick<Frame, 'problem' | 'says'> {
  if (request?.reply !== undefined) return { problem: 'duplicate', says: '' }
  // What was asked before anybody looked may be answered for as long as a request lives.
  if (elapsed >= lifetime) return { problem: request === undefined ? 'stray' : 'late', says: '' }
  const failure = errorReply(message.opct) ?? plainErrorReply(message.opct)
  return { problem: failure?.code, says: failure?.text ?? '' }
}

function readMessage(text: string): { message: Message; guest: string | undefined } | Malformed {
  const message = decode(text)
  if (message instanceof Malformed) return message
  const address = guestAddresses.read(message.opnm)
  if (address === undefined) return new Malformed('not the address of a guest', message.opid, true)
  return { message: { ...message, opnm: address.opnm }, guest: address.guest }
}

/** Only the hub itself gives tokens away. */
const shown = (text: string, message: Message, guest: string | undefined): string =>
  masked(text, guest === undefined ? message : undefined)

// The operation names say which revision it is.

const greetings: ReadonlyMap<string, string> = new Map([
  [asking1.hello, 'hello'],
  [asking2.hello, 'hello'],
  ['/greet/bye', 'bye'],
])

/** With an address it is none. */
const isGreeting = ({ opnm }: Message, guest: string | undefined): boolean =>
  guest === undefined && greetings.has(opnm)

const greetingOf = ({ opnm }: Message): string => greetings.get(opnm) ?? ''

const requestIn = (message: Message): Request | undefined =>
  revision1.readRequest(message) ?? revision2.readRequest(message)

const eventIn = (message: Message): Event | undefined =>
  asking1.readEvent(message) ?? asking2.readEvent(message)

const rejectionIn = (message: Message): Rejection | undefined =>
  asking1.readRejection(message) ?? asking2.readRejection(message)
