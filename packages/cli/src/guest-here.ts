import type { Guest } from '@guestool/guest'

/** This machine as a guest, with its real values. */
export async function joinAs(url: string, token: string | undefined, revision: 1 | 2 = 1): Promise<Guest> {
  // Loaded where it is needed: most commands, and completion, begin sooner without it.
  const [{ createGuest }, { systemInfo }] = await Promise.all([
    import('@guestool/guest'),
    import('@guestool/guest/node'),
  ])
  return createGuest(url, { info: systemInfo(), action: 'unsupported', token, revision })
}
