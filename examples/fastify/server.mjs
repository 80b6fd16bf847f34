import { createHost, tokens } from '@guestool/server'
import fastify from 'fastify'

const { authenticate } = tokens(process.argv[3] ?? 'tokens.json')
const host = createHost({ authenticate })
const app = fastify()

// The routes of the app: whom they answer is the app's own business.
app.get('/api/guests', () => host.guests.map(({ id, state }) => ({ id, state })))
app.get('/api/guests/:id/memory', async (request, reply) => {
  const guest = host.guest(request.params.id)
  if (guest === undefined) return reply.code(404).send({ error: 'no such guest is connected' })
  return guest.info('memory', undefined, { timeout: 5_000 })
})

// Guests and consoles come by WebSocket, to /join/… and /guests/… of the same port.
host.attach(app.server)
// Before fastify closes its server, which waits for its open WebSockets, also for those of guests.
app.addHook('preClose', () => host.close())

const url = await app.listen({ port: Number(process.argv[2] ?? 37103), host: '127.0.0.1' })
console.log(`${url}/api/guests`)

process.once('SIGINT', () => void app.close())
process.once('SIGTERM', () => void app.close())
