import { createClient, type Client } from '@guestool/client'
import { createGuest, type Guest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost } from '@guestool/server'

const id = 'this-machine'

/** The three parties of the protocol, all in this process, with real sockets between them. */
export interface Parties {
  readonly guest: Guest
  readonly console: Client
  /** Where the console asks, and anybody else may. */
  readonly address: string
  close(): Promise<void>
}

/** @throws when the port is taken */
export async function startParties(settings: { port: number; revision: 1 | 2 }): Promise<Parties> {
  const { revision } = settings
  const host = createHost()
  const { url } = await host.listen(settings.port)
  const guest = createGuest(`${url}/join/${id}`, {
    revision,
    info: systemInfo(),
    action: 'unsupported',
  })
  await new Promise((resolve) => {
    host.on('guest', resolve)
  })
  const address = `${url}/guests/${id}`
  const client = createClient(address, { revision })
  return {
    guest,
    console: client,
    address,
    async close() {
      await client.close()
      await guest.close()
      await host.close()
    },
  }
}
