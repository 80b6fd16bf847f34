import { createGuest, type Guest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'

/** This machine as a guest, with its real values. */
export function joinAs(url: string, token: string | undefined, revision: 1 | 2 = 1): Guest {
  return createGuest(url, { info: systemInfo(), action: 'unsupported', token, revision })
}
