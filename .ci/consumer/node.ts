// What a Node project writes: everything checked, everything imported.
import { createClient } from '@guestool/client'
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost } from '@guestool/server'
import { memoryPair } from '@guestool/testing'

const host = createHost()
const { port } = await host.listen(0)
const guest = createGuest(`ws://127.0.0.1:${port}/join/alpha`, { info: systemInfo(), action: 'unsupported' })
await new Promise<void>((resolve) => host.on('guest', () => resolve()))
const client = createClient(`ws://127.0.0.1:${port}/guests/alpha`)
const { mem } = await client.info('memory')
if (!(mem.total > 0)) throw new Error('this machine has no memory')
await Promise.all([client.close(), guest.close(), host.close()])
memoryPair()
