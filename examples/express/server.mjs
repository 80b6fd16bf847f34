import { createServer } from 'node:http'
import { createHost, tokens } from '@guestool/server'
import express from 'express'

const { authenticate } = tokens(process.argv[3] ?? 'tokens.json')
const host = createHost({ authenticate })
const app = express()

// The routes of the app: whom they answer is the app's own business.
app.get('/api/guests', (_request, response) => {
  response.json(host.guests.map(({ id, state }) => ({ id, state })))
})
app.get('/api/guests/:id/memory', async (request, response) => {
  const guest = host.guest(request.params.id)
  if (guest === undefined) return void response.status(404).json({ error: 'no such guest is connected' })
  response.json(await guest.info('memory', undefined, { timeout: 5_000 }))
})

// Guests and consoles come by WebSocket, to /join/… and /guests/… of the same port.
const server = createServer(app)
host.attach(server)
server.listen(Number(process.argv[2] ?? 37103), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/api/guests`)
})

async function stop() {
  // First the host: a server waits for its open WebSockets, also for those of guests.
  await host.close()
  server.close()
}
process.once('SIGINT', () => void stop())
process.once('SIGTERM', () => void stop())
