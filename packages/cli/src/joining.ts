import { isGuestoolError, type GuestRecord, type Hub } from '@guestool/client'

/** What is seen of a guest that is on its way. */
export interface Steps {
  /** It joined: it reached the host, its token is right, and it said hello. */
  joined(guest: GuestRecord): void
  /** It reached the host, and was not let in. */
  refused(reason: string, address: string | null): void
  /** The first value came. */
  value(info: string, result: unknown): void
}

/** Moments of the past, by the host's clock. */
export interface Past {
  /** Its last connection. */
  readonly connected: number
  readonly refused: number
}

/** Asked one after another, until the guest has one. */
const firsts = ['memory', 'time', 'bots'] as const

/** Milliseconds between looks at a guest that is on its way. */
const look = 500

/** What was of a guest so far, so that what comes is known to be new. */
export async function pastOf(hub: Hub, id: string): Promise<Past> {
  const [known] = await hub.info('guests', { guests: id })
  const refusals = await refusalsOf(hub, id)
  return { connected: known?.connected_ts ?? 0, refused: refusals[0]?.ts ?? 0 }
}

/**
 * Waits until a guest is here and answers, and tells what happens on the way. Ends early by the signal.
 *
 * @throws {GuestoolError} when it is here, but has no value
 */
export async function waitForGuest(
  hub: Hub,
  id: string,
  past: Past,
  steps: Steps,
  signal: AbortSignal,
): Promise<void> {
  const here = await untilHere(hub, id, past, steps, signal)
  if (here === undefined) return
  steps.joined(here)
  let problem: unknown
  for (const info of firsts) {
    try {
      return steps.value(info, await hub.guest(id).info(info, undefined, { signal, timeout: 15_000 }))
    } catch (error) {
      if (signal.aborted) return
      problem = error
      if (!isGuestoolError(error) || (error.code !== 'unsupported' && error.code !== 'unknown_operation'))
        break
    }
  }
  throw problem
}

async function untilHere(
  hub: Hub,
  id: string,
  { connected, refused }: Past,
  steps: Steps,
  signal: AbortSignal,
): Promise<GuestRecord | undefined> {
  let told = refused
  for await (const [guest] of hub.watch('guests', { guests: id }, { every: look, signal })) {
    for (const { ts, reason, address } of (await refusalsOf(hub, id)).toReversed()) {
      if (ts <= told) continue
      told = ts
      steps.refused(reason, address)
    }
    if (guest?.state === 'alive' && (guest.connected_ts ?? 0) > connected) return guest
  }
  return undefined
}

/** The newest first. Nothing from a host that does not say, or is away for a moment. */
async function refusalsOf(hub: Hub, id: string) {
  try {
    const entries = await hub.info('timeline', { guests: id, limit: 20 })
    return entries.filter(({ what, guest }) => what === 'refused' && guest === id)
  } catch {
    return []
  }
}
