import { createHost } from '@guestool/server'
import { contract } from './contract.js'

const host = createHost({ contract })
const { url } = await host.listen(Number(process.argv[2] ?? 37_103))
console.log(`host: guests join at ${url}/join/service`)

host.on('guest', (guest) => {
  console.log(`host: ${guest.id} joined`)
  guest.onEvent('log', ({ level, text }) => console.log(`host: ${guest.id} logs ${level}: ${text}`))
})
