import { createHost } from '@guestool/server'

const host = createHost()
const { url } = await host.listen(Number(process.argv[2] ?? 37103))
console.log(`guests join at ${url}/join/alpha, consoles ask at ${url}/guests/alpha`)

host.on('guest', async (guest) => {
  const { system } = await guest.info('system_platform')
  console.log(`${guest.id} joined: ${system}`)
})
host.on('guest_left', (guest) => console.log(`${guest.id} left`))
