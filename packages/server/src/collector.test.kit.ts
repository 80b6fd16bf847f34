import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What collects garbage now, so that only what is held is measured. */
export function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc !== 'function') throw new Error('there is no gc')
  return () => {
    gc()
    // Which first ends the sweeping that the one before left to other threads.
    gc()
  }
}
