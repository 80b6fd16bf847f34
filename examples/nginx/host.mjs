import { createHost, tokens } from '@guestool/server'

const [port = '37103', publicUrl = 'https://hub.example/guestool', file = 'tokens.json'] =
  process.argv.slice(2)

const host = createHost({
  authenticate: tokens(file),
  // Where the outside reaches it, what nginx leaves of that path, and whose word about peers' addresses counts.
  publicUrl,
  basePath: '/guestool',
  trustProxy: '127.0.0.1',
})
// On this machine only: nginx is the way in.
const { port: bound, url } = await host.listen(Number(port))
console.log(`listens on 127.0.0.1:${bound}; guests join at ${url}/join/{id}`)

process.once('SIGINT', () => void host.close())
process.once('SIGTERM', () => void host.close())
