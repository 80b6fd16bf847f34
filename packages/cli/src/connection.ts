import { createHub, GuestoolError, type Hub } from '@guestool/client'
import { publicUrl, type Dial } from '@guestool/core'
import { LearnedContract } from '@guestool/core/learned-contract'
import { localContext, readContexts } from './contexts.js'
import { Problem } from './failure.js'
import type { Settings } from './settings.js'

/** Which host is asked, and as whom. */
export interface Target {
  /** Of the whole host. */
  readonly url: string
  readonly token: string | undefined
  /** The guest that the URL names, if it is that of one: `ws://…/guests/alpha`. */
  readonly guest: string | undefined
  /** As people call it: a saved name, or the URL. */
  readonly name: string
}

/**
 * The host that the settings mean: a URL, a saved name, the current one of the saved ones, and at last a host of this
 * machine.
 */
export async function targetOf(settings: Settings): Promise<Target> {
  const { url, token, context } = settings
  if (url !== undefined) return { ...split(url), token, name: shown(url) }
  const { current, contexts } = await readContexts(settings.data)
  const name = context ?? current
  const saved = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (saved !== undefined) return { ...split(saved.url), token: token ?? saved.token, name }
  if (context !== undefined || current !== localContext) {
    const known = Object.keys(contexts).join(', ') || 'none yet'
    throw new Problem('usage', `there is no saved host "${name}"; there are: ${known}`)
  }
  const usual = 'ws://127.0.0.1:37103'
  return { url: usual, token, guest: undefined, name: usual }
}

function split(given: string): { url: string; guest: string | undefined } {
  const [, url = given, guest] = /^([^?#]*)\/guests\/([^/?#]+)\/*$/.exec(given) ?? []
  return { url, guest }
}

function shown(url: string): string {
  try {
    return publicUrl(url)
  } catch {
    return 'this URL'
  }
}

/** A host that is connected. */
export interface Connected {
  readonly hub: Hub
  readonly target: Target
  /** What may be asked of its guests, as far as this side knows. */
  readonly contract: LearnedContract
}

export interface ConnectOptions {
  /** Milliseconds until it is given up. @default 10000 */
  readonly timeout?: number | undefined
  /** In place of a WebSocket. */
  readonly dial?: Dial
  /** A failure after the connection was there; a skipped sample of a watch, for one. */
  readonly onError?: (error: unknown) => void
}

/**
 * Connects to the host that the settings mean. The first failure is the last: a person waits.
 *
 * @throws {GuestoolError} why there is no connection
 */
export async function connect(settings: Settings, options: ConnectOptions = {}): Promise<Connected> {
  const target = await targetOf(settings)
  const contract = new LearnedContract()
  const { dial, onError = () => undefined } = options
  const hub = hubAt(target, contract, dial)
  try {
    await opened(hub, options.timeout ?? settings.timeout ?? 10_000, target)
  } catch (error) {
    await hub.close()
    throw error
  }
  hub.on('error', onError)
  open.add(hub)
  return { hub, target, contract }
}

/** Connects, works, and closes, however the work ends. */
export async function withHost<T>(
  settings: Settings,
  work: (host: Connected) => Promise<T>,
  options?: ConnectOptions,
): Promise<T> {
  const host = await connect(settings, options)
  try {
    return await work(host)
  } finally {
    await close(host.hub)
  }
}

const open = new Set<Hub>()

/** Whatever a program connected to and did not close: a command that failed on its way. */
export async function closeAll(): Promise<void> {
  await Promise.all(Array.from(open, close))
}

async function close(hub: Hub): Promise<void> {
  open.delete(hub)
  await hub.close()
}

function hubAt({ url, token }: Target, contract: LearnedContract, dial: Dial | undefined): Hub {
  try {
    return createHub(url, { token, contract, ...(dial && { dial }) })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Problem('usage', error.message, { cause: error })
  }
}

function opened(hub: Hub, timeout: number, { url }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      forgetState()
      forgetError()
      settle()
    }
    const forgetState = hub.on('state', (state) => state === 'open' && done(resolve))
    const forgetError = hub.on('error', (error) => done(() => reject(error)))
    const timer = setTimeout(() => {
      const text = `${shown(url)} did not answer within ${timeout / 1_000} s`
      done(() => reject(new GuestoolError('connect_timeout', text)))
    }, timeout)
  })
}
