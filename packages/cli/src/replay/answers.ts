import {
  asking1,
  asking2,
  decode,
  findOperation,
  guestool,
  isRecord,
  Malformed,
  revision1,
  revision2,
  type Event,
  type Message,
  type Rejection,
  type Request,
} from '@guestool/core'
import type { RecordedFrame } from '@guestool/core/recording'

/** What a guest once said to a request. */
export type Said = { readonly after: number } & (
  | { readonly content: unknown }
  | { readonly rejection: Rejection }
)

/** Something that it told by itself. */
export interface Told extends Event {
  /** Milliseconds since the recording's first frame. */
  readonly t: number
}

interface Asked extends Request {
  readonly t: number
  readonly opid: string
  answers: number
}

/** Replies in their order; the last one stays. */
class Replies {
  readonly #all: Said[] = []
  #next = 0

  add(said: Said): void {
    this.#all.push(said)
  }

  take(): Said | undefined {
    return this.#all[Math.min(this.#next++, this.#all.length - 1)]
  }
}

/** What one guest said in a recording, to be said again. */
export class RecordedAnswers {
  readonly revision: 1 | 2
  /** Operations with an answer, as errors say them: `info cpu`. */
  readonly operations: ReadonlySet<string>
  readonly replies: number
  readonly events: readonly Told[]
  readonly #byParams = new Map<string, Replies>()
  readonly #byName = new Map<string, Replies>()

  /** @param frames of one guest */
  constructor(frames: readonly RecordedFrame[]) {
    const asked: Asked[] = []
    const events: Told[] = []
    const said: { request: Asked; said: Said }[] = []
    let revision: 1 | 2 | undefined
    const start = frames[0]?.t ?? 0
    for (const { t, dir, text } of frames) {
      const message = decode(text)
      if (dir === 'host>guest') {
        if (message instanceof Malformed) continue
        revision ??= greets(message)
        const request = revision1.readRequest(message) ?? revision2.readRequest(message)
        if (request === undefined) continue
        revision ??= revision1.readRequest(message) === undefined ? 2 : 1
        asked.push({ ...request, t, opid: message.opid, answers: 0 })
        continue
      }
      if (!(message instanceof Malformed)) revision ??= greets(message)
      const request = requestOf(asked, message)
      if (request !== undefined) {
        request.answers++
        said.push({ request, said: { after: t - request.t, ...whatSays(message) } })
      } else if (!(message instanceof Malformed)) {
        const event = asking1.readEvent(message) ?? asking2.readEvent(message)
        if (event !== undefined && event.name !== 'reject') events.push({ ...event, t: t - start })
      }
    }
    this.revision = revision ?? 1
    this.events = events
    this.replies = said.length
    this.operations = new Set(said.map(({ request }) => labelOf(request)))
    for (const { request, said: one } of said) add(this.#byParams, keyOf(request), one)
    // Of other params than were recorded a result says more than that something else was refused.
    for (const label of this.operations) {
      const all = said.filter(({ request }) => labelOf(request) === label)
      const results = all.filter(({ said: one }) => 'content' in one && !isRefusal(one.content))
      for (const { said: one } of results.length > 0 ? results : all) add(this.#byName, label, one)
    }
  }

  /** The answer to a request like one that was recorded: with the same params, else with any. */
  take(request: Request): Said | undefined {
    return (this.#byParams.get(keyOf(request)) ?? this.#byName.get(labelOf(request)))?.take()
  }
}

function greets({ opnm }: Message): 1 | 2 | undefined {
  if (opnm === revision1.hello) return 1
  return opnm === revision2.hello ? 2 : undefined
}

/** The request that a frame answers: by its opid, and where that was used twice by what fits. */
function requestOf(asked: readonly Asked[], { opid, ...message }: Message | Malformed): Asked | undefined {
  const same = asked.filter((one) => one.opid === opid)
  const open = same.filter(({ answers }) => answers === 0)
  const [first = same.at(-1)] = open
  if (open.length < 2 || !('opct' in message)) return first
  return open.find((one) => fits(one, message.opct)) ?? first
}

function fits({ kind, name }: Request, content: unknown): boolean {
  const operation = findOperation(guestool, kind, name)
  const checked = operation?.checkResult(content)
  // A schema that finds nothing wrong gives the value back, or a copy of it.
  return checked === content || JSON.stringify(checked) === JSON.stringify(content)
}

function whatSays(message: Message | Malformed): { content: unknown } | { rejection: Rejection } {
  if (message instanceof Malformed)
    return { rejection: { code: 'failed', error: `the recorded reply cannot be read: ${message.problem}` } }
  const rejection = asking1.readRejection(message) ?? asking2.readRejection(message)
  return rejection === undefined ? { content: message.opct } : { rejection }
}

function isRefusal(content: unknown): boolean {
  return isRecord(content) && typeof content['error'] === 'string'
}

function labelOf({ kind, name }: Request): string {
  return `${kind} ${name}`
}

function keyOf(request: Request): string {
  return `${labelOf(request)} ${sortedJson(request.params)}`
}

/** JSON that is the same whatever the order of keys. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}

function add(table: Map<string, Replies>, key: string, said: Said): void {
  let replies = table.get(key)
  if (replies === undefined) table.set(key, (replies = new Replies()))
  replies.add(said)
}
