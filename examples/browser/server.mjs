import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost } from '@guestool/server'

const client = import.meta.resolve('@guestool/client/browser')

// The page, and the client as one file, which the page and its developer console import.
const files = {
  '/': ['text/html', new URL('index.html', import.meta.url)],
  '/page.css': ['text/css', new URL('page.css', import.meta.url)],
  '/page.js': ['text/javascript', new URL('page.js', import.meta.url)],
  '/guestool.js': ['text/javascript', new URL(client)],
  '/guestool.js.map': ['application/json', new URL(`${client}.map`)],
}

const server = createServer((request, response) => {
  const [type, file] = files[request.url.split('?', 1)[0]] ?? []
  if (file === undefined) return void response.writeHead(404).end('There is only /\n')
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'self'; img-src data:",
  })
  createReadStream(file).pipe(response)
})

// One port for everything, so that page and socket are of the same origin.
const host = createHost()
host.attach(server)
server.listen(Number(process.argv[2] ?? 37103), '127.0.0.1', () => {
  const { port } = server.address()
  createGuest(`ws://127.0.0.1:${port}/join/this-machine`, { info: systemInfo(), action: 'unsupported' })
  console.log(`Open http://127.0.0.1:${port}/`)
})
