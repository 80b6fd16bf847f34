/** Cancels a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void

/**
 * Where time comes from. Everything that waits or measures in the SDK does it through a clock, so that a test can
 * drive time by hand.
 */
export interface Clock {
  /** Monotonic milliseconds since any fixed moment. May stand still while the machine sleeps. */
  now(): number
  /** Milliseconds since 1970. May jump when somebody sets the clock. */
  wall(): number
  /** Runs `callback` once, after `ms` milliseconds, or after 24 days if that is sooner. */
  setTimer(callback: () => void, ms: number): CancelTimer
}

// Platforms take a longer time for none at all: a watch every month would sample a thousand times a second.
const longestTimer = 2 ** 31 - 1

// Each global is wrapped, never handed around: `setTimeout` called with another `this` throws in browsers, and a
// test that replaces the globals after this module was loaded must be seen.
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, Math.min(ms, longestTimer))
    return () => clearTimeout(timer)
  },
}

/** A moment on both of a clock's hands. */
export interface Moment {
  readonly at: number
  readonly wallAt: number
}

/** This moment. */
export function momentOf(clock: Clock): Moment {
  return { at: clock.now(), wallAt: clock.wall() }
}

/**
 * Milliseconds since `moment`: the larger of what the two hands say. Sleep counts (the wall hand sees it), and a wall
 * clock that is set makes this too large at worst, never too small.
 */
export function elapsedSince(clock: Clock, moment: Moment, now = clock.now()): number {
  return Math.max(now - moment.at, clock.wall() - moment.wallAt)
}

/**
 * Waits `ms` milliseconds, or until the signal aborts if that is sooner, or somebody calls what it puts into `waiting`
 * while it waits. Never rejects, leaves nothing behind.
 */
export function pause(
  clock: Clock,
  ms: number,
  signal?: Pick<AbortSignal, 'aborted' | 'addEventListener' | 'removeEventListener'>,
  waiting?: Set<() => void>,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      waiting?.delete(done)
      resolve()
    }
    const cancel = clock.setTimer(done, ms)
    signal?.addEventListener('abort', done)
    waiting?.add(done)
  })
}

/**
 * A timer that judges a peer by its silence. It waits one turn more, in which what has come is read: this process may
 * have been stopped itself, and timers come before sockets when it goes on.
 */
export function setPatientTimer(clock: Clock, run: () => void, ms: number): CancelTimer {
  let cancel = clock.setTimer(() => {
    cancel = clock.setTimer(run, 0)
  }, ms)
  return () => cancel()
}
