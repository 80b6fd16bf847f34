// A clock that lets a host live through hours in seconds, and then goes on as a clock does: for pictures of a page with
// a past. Guests answer over real sockets meanwhile.
import { VirtualClock } from '@guestool/testing'

const step = 5_000

/** @param {number} minutes how long ago it begins */
export function startPast(minutes) {
  const clock = new VirtualClock({ wall: Date.now() - minutes * 60_000 })
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  return {
    clock,
    /**
     * Lives until now.
     *
     * @param {(minute: number) => unknown} [eachMinute]
     */
    async live(eachMinute) {
      for (let at = 0; at < minutes * 60_000; at += step) {
        await clock.advance(step)
        // What was asked at this step is answered before the next.
        for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
        if (at % 60_000 === 0) await eachMinute?.(at / 60_000)
      }
      timer = setInterval(() => void clock.advance(Date.now() - clock.wall()), 50)
    },
    stop: () => clearInterval(timer),
  }
}
