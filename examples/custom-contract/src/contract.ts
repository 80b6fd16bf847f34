import { guestool } from '@guestool/core'
import * as z from 'zod'

const level = z.enum(['debug', 'info', 'error'])
export type Level = z.infer<typeof level>

/** What the protocol has, and what a service of ours can tell beside it. Host, guest and console import this. */
export const contract = guestool.extend({
  info: {
    /** How late the service's event loop was, sampled for `seconds`. */
    event_loop: {
      params: z.strictObject({ seconds: z.number().min(0.05).max(10).default(0.5) }),
      sampling: 'seconds',
      result: z.object({ mean_ms: z.number(), max_ms: z.number() }),
    },
  },
  action: {
    /** From which level on the service logs. */
    'log/level': { params: z.strictObject({ level }), result: z.object({ before: level }) },
  },
  event: {
    /** A line of the service's log. */
    log: z.object({ level, text: z.string() }),
  },
})
