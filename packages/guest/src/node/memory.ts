import { mem } from 'systeminformation'
import type { SystemInfoHandlers } from './handlers.js'
import { abortable, percent } from './sampling.js'

/** `memory`: caches count as available, and `percent` is of what is not available, as psutil has it. */
export const memory: SystemInfoHandlers['memory'] = async (_params, { signal }) => {
  const { total, available, active, swaptotal, swapused, swapfree } = await abortable(mem(), signal)
  return {
    mem: { total, available, used: active, percent: percent(total - available, total) },
    swap: { total: swaptotal, available: swapfree, used: swapused, percent: percent(swapused, swaptotal) },
  }
}
