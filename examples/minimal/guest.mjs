import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'

const url = process.argv[2] ?? 'ws://127.0.0.1:37103/join/alpha'
const guest = createGuest(url, { info: systemInfo(), action: 'unsupported' })

guest.on('state', (state) => console.log(`guest: ${state}`))
guest.on('error', (error) => console.error(error.message))
