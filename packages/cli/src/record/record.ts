import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { createClient } from '@guestool/client'
import {
  guestool,
  limits,
  paramsProblem,
  pause,
  systemClock,
  textOf,
  webSocketDial,
  isGuestoolError,
  type CallOptions,
  type Contract,
  type Token,
} from '@guestool/core'
import { recordingLine } from '@guestool/core/recording'
import { Tap } from '@guestool/core/tap'
import { WebSocket } from 'ws'
import { Problem } from '../failure.js'

export interface RecordOptions {
  /** Of one guest at its host: `ws://127.0.0.1:37103/guests/alpha`. */
  readonly url: string
  readonly token?: Token | undefined
  readonly file: string
  /** Replaces a file that is there. @default false */
  readonly force?: boolean
  /** Seconds from one round of questions to the next. @default one round only */
  readonly every?: number | undefined
  /** Seconds after which no new round begins. @default no end, with `every` */
  readonly duration?: number | undefined
  /** What is asked. @default the protocol's own */
  readonly contract?: Contract
  /** Milliseconds for each question: a slow guest holds up the others. @default 20000 */
  readonly timeout?: number
  /** Ends it, after what was recorded so far. */
  readonly signal?: AbortSignal
  /** Hears of each answer as it comes. */
  readonly told?: (answer: Answer) => void
}

/** What became of one question. */
export interface Answer {
  readonly info: string
  readonly ms: number
  /** Why there was no result. */
  readonly problem?: unknown
}

export interface Recorded {
  readonly frames: number
  readonly bytes: number
  /** Infos that were answered with a result, and why others were not. */
  readonly answered: ReadonlySet<string>
  readonly problems: ReadonlyMap<string, unknown>
}

/** A file that is made at the first answer: a guest that cannot be reached leaves none behind. */
class RecordingFile {
  frames = 0
  bytes = 0
  readonly #path: string
  readonly #flag: 'w' | 'wx'
  #waiting: string[] = []
  #file: number | undefined

  /** @throws {Problem} when there is such a file, unless it may be replaced */
  constructor(path: string, force: boolean) {
    this.#path = path
    this.#flag = force ? 'w' : 'wx'
    if (!force && existsSync(path)) throw alreadyThere(path)
  }

  add(line: string): void {
    if (line.includes('"dir"')) this.frames++
    if (this.#file === undefined) this.#waiting.push(line)
    else this.#write(line)
  }

  /** From now on lines are written as they come. */
  open(): void {
    if (this.#file !== undefined) return
    try {
      // What a machine runs is nobody else's business.
      this.#file = openSync(this.#path, this.#flag, 0o600)
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw alreadyThere(this.#path)
      throw new Problem('failed', `${this.#path} cannot be written: ${textOf(cause)}`, { cause })
    }
    for (const line of this.#waiting.splice(0)) this.#write(line)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }

  #write(line: string): void {
    if (this.#file !== undefined) this.bytes += writeSync(this.#file, `${line}\n`)
  }
}

function alreadyThere(path: string): Problem {
  return new Problem('usage', `${path} is there already. Give another name, or replace it with --force`)
}

/**
 * Asks a guest everything, once or again and again, and keeps what passes.
 *
 * @throws {Problem} when the file is there already or cannot be written
 * @throws {GuestoolError} when nothing was answered: then there is no file
 */
export async function record(options: RecordOptions): Promise<Recorded> {
  const { url, token, signal, every, contract = guestool, timeout = 20_000, told } = options
  const file = new RecordingFile(options.file, options.force ?? false)
  const guest = new URL(url).pathname.split('/').at(-1)
  const tap = new Tap()
  const start = systemClock.now()
  const stop = tap.listen((passed) => file.add(recordingLine(systemClock.now() - start, passed, guest)))
  const dial = tap.through(webSocketDial(WebSocket, { url, maxPayload: limits.maxPayload }))
  const client = createClient(url, { token, dial, contract })
  const answered = new Set<string>()
  const problems = new Map<string, unknown>()
  const over = options.duration === undefined ? Infinity : start + options.duration * 1000
  try {
    for (;;) {
      const round = systemClock.now()
      for (const [info, operation] of contract.info) {
        if (signal?.aborted === true) break
        // Of an info with parameters that have no default nobody knows what to ask.
        if (paramsProblem(operation, {}, undefined) !== undefined) continue
        const since = systemClock.now()
        const call: CallOptions = { timeout, ...(signal && { signal }) }
        const problem = await client.info(info, undefined, call).then(() => undefined, toError)
        if (isAborted(problem)) break
        if (problem === undefined) answered.add(info)
        else problems.set(info, problem)
        if (answered.size > 0) file.open()
        told?.({ info, ms: systemClock.now() - since, ...(problem !== undefined && { problem }) })
      }
      if (every === undefined || signal?.aborted === true) break
      const next = round + every * 1000
      if (next >= over) break
      await pause(systemClock, next - systemClock.now(), signal)
    }
    if (answered.size === 0) {
      const [problem] = problems.values()
      throw problem instanceof Error ? problem : new Problem('failed', 'nothing was recorded')
    }
  } finally {
    await client.close()
    stop()
    file.close()
  }
  return { frames: file.frames, bytes: file.bytes, answered, problems }
}

function toError(error: unknown): unknown {
  return error
}

function isAborted(problem: unknown): boolean {
  return isGuestoolError(problem) && problem.code === 'aborted'
}
