// A console asks a guest through a host: one socket for all guests, and each call handed on.
import { createHub } from '@guestool/client'
import { createHost } from '@guestool/server'

import { contract, sdk } from '../sdk.mjs'
import { smptime } from '../payload.mjs'

/** @type {import('../variants.mjs').Variant} */
export const hub = {
  async acceptToForward() {
    // Calls are measured: equal ones would share an answer, and a console that asks as fast as it can would be slowed.
    const host = createHost({ contract, share: false, messagesPerSecond: Infinity })
    return (await host.listen(0)).port
  },
  ...(sdk.dialToAnswer && { dialToAnswer: sdk.dialToAnswer }),
  async dialToAsk(port) {
    const guest = createHub(`ws://127.0.0.1:${port}`, { contract }).guest('bench')
    return () => guest.info('load', smptime)
  },
}
