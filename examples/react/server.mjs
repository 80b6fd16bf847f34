import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost } from '@guestool/server'
import { createServer } from 'vite'

// Vite serves the page, and a host takes in guests and consoles on the same port, so that they are of the same origin.
const vite = await createServer({
  root: import.meta.dirname,
  server: { host: '127.0.0.1', port: Number(process.argv[2] ?? 37103), strictPort: true },
})
createHost().attach(vite.httpServer)
await vite.listen()

const { port } = vite.httpServer.address()
createGuest(`ws://127.0.0.1:${port}/join/this-machine`, { info: systemInfo(), action: 'unsupported' })
console.log(`Open http://127.0.0.1:${port}/`)
