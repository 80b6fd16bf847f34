import { guestool } from '@guestool/client'
import * as z from 'zod/mini'

/** The protocol's own contract and what tests over real sockets need of a guest. */
export const contract = guestool.extend({
  info: {
    /** Answered every second time only. */
    flaky: { result: z.null() },
  },
  action: {
    /** The guest emits `bot_online`. */
    emit: { params: z.strictObject({ bot: z.string() }), result: z.null() },
    /** Every connection of the host breaks but the guest's own. */
    cut: { result: z.null() },
  },
  event: { bot_online: z.object({ bot: z.string() }) },
})
