import { readFileSync } from 'node:fs'
import {
  Connection,
  GuestoolError,
  limits,
  pause,
  publicUrl,
  revision1,
  revision2,
  SessionResponder,
  systemClock,
  textOf,
  webSocketDial,
  webSocketUrl,
  wireCodes,
  type Answer,
  type ConnectionState,
  type Request,
  type Token,
} from '@guestool/core'
import { readRecording } from '@guestool/core/recording'
import { WebSocket } from 'ws'
import { Problem } from '../failure.js'
import { RecordedAnswers } from './answers.js'

export interface ReplayOptions {
  /** Where the guest joins: `ws://127.0.0.1:37103/join/alpha`. */
  readonly url: string
  readonly token?: Token | undefined
  /** @default that of the recording */
  readonly revision?: 1 | 2 | undefined
  /** Answers take as long as they did, and events are sent again at their times. @default false: at once, no events */
  readonly timing?: boolean | undefined
  /** Hears of each request as it is answered; `known` is false where the recording has no answer. */
  readonly told?: (request: Request, known: boolean) => void
}

/** A recording that answers as a guest. */
export interface Replay {
  readonly state: ConnectionState
  on(event: 'state', listener: (state: ConnectionState) => unknown): () => void
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  close(): Promise<void>
}

/**
 * The answers in a recording.
 *
 * @param guest the one of several
 * @throws {Problem} when the file cannot be read, holds a line that is none, or has several guests and none is chosen
 */
export function loadRecording(file: string, guest?: string): RecordedAnswers {
  const frames = framesOf(file)
  const guests = [...new Set(frames.flatMap((frame) => frame.guest ?? []))]
  const chosen = guest ?? (guests.length === 1 ? guests[0] : undefined)
  if (guests.length > 1 && chosen === undefined)
    throw new Problem(
      'usage',
      `${file} has ${guests.length} guests; choose one with --guest: ${listed(guests)}`,
    )
  const answers = new RecordedAnswers(
    chosen === undefined ? frames : frames.filter((frame) => (frame.guest ?? chosen) === chosen),
  )
  if (answers.replies > 0) return answers
  const whose = guest === undefined ? '' : ` of guest ${guest}`
  throw new Problem('failed', `${file} has no answer${whose} that could be given again`)
}

function framesOf(file: string): ReturnType<typeof readRecording> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Problem('failed', `${file} cannot be read: ${textOf(cause)}`, { cause })
  }
  try {
    return readRecording(text)
  } catch (cause) {
    throw new Problem('failed', `${file}: ${textOf(cause)}`, { cause })
  }
}

function listed(guests: readonly string[]): string {
  return guests.length > 8 ? `${guests.slice(0, 8).join(', ')}, …` : guests.join(', ')
}

/** Dials a host as a guest, and says again what was recorded. Returns at once. */
export function replay(answers: RecordedAnswers, options: ReplayOptions): Replay {
  const { url, token, revision = answers.revision, timing = false } = options
  const answer: Answer = async (request, { signal }) => {
    const said = answers.take(request)
    options.told?.(request, said !== undefined)
    if (said === undefined) {
      const text = `the recording has no answer to ${request.kind} "${request.name.slice(0, 64)}"`
      throw new GuestoolError('unsupported', text)
    }
    if (timing) await pause(systemClock, said.after, signal)
    if ('content' in said) return said.content
    const { code, error } = said.rejection
    throw new GuestoolError(wireCodes.find((known) => known === code) ?? 'failed', error)
  }
  const connection = new Connection<SessionResponder>({
    dial: webSocketDial(WebSocket, { url: webSocketUrl(url), maxPayload: limits.maxPayload }),
    token,
    role: (session) => new SessionResponder(session, { answer }),
    revision: revision === 2 ? revision2 : revision1,
    clock: systemClock,
    backoff: limits.guestBackoff,
    peer: publicUrl(url),
    maxPayload: limits.maxPayload,
  })
  const ended = new AbortController()
  if (timing && answers.events.length > 0) {
    const start = connection.events.on('state', (state) => {
      if (state !== 'open') return
      start()
      void sendEvents(connection, answers, ended.signal)
    })
  }
  return {
    get state() {
      return connection.state
    },
    on: (event: 'state' | 'error', listener: (value: never) => unknown) =>
      connection.events.on<'state' | 'error'>(event, listener as (value: unknown) => unknown),
    async close() {
      ended.abort()
      await connection.close()
    },
  }
}

async function sendEvents(
  connection: Connection<SessionResponder>,
  { events }: RecordedAnswers,
  signal: AbortSignal,
): Promise<void> {
  const start = systemClock.now()
  for (const { t, name, data } of events) {
    await pause(systemClock, t - (systemClock.now() - start), signal)
    if (signal.aborted) return
    connection.session?.role.emit(name, { ...(data as object) })
  }
}
