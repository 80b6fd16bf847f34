import type { Session } from '../../app/session.js'
import { WireLog } from './log.js'

const logs = new WeakMap<Session, WireLog>()

/**
 * What passes on a session's connection, from the first time that somebody looks: then on it is kept while other views
 * are shown as well, so that what they ask can be seen.
 */
export function logOf(session: Session): WireLog {
  const known = logs.get(session)
  if (known !== undefined) return known
  const log = new WireLog()
  session.tap.listen((passed) => log.hear(passed, preciseNow()))
  logs.set(session, log)
  return log
}

/** Unix milliseconds, to fractions of one. What counts fractions may stand still while the machine sleeps. */
function preciseNow(): number {
  const wall = Date.now()
  const precise = performance.timeOrigin + performance.now()
  return Math.abs(precise - wall) < 50 ? precise : wall
}
