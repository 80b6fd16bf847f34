// A stand-in for the platform, so that the bot can be tried without an account: it greets whoever connects as OneBot 11
// does, sends each line that is typed as a message to a group, and prints what the bot says.
import { createInterface } from 'node:readline'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 3001) })
server.on('listening', () =>
  console.log(`The platform is at ws://127.0.0.1:${server.address().port}; type a message`),
)
server.on('connection', (socket) => {
  tell(socket, { post_type: 'meta_event', meta_event_type: 'lifecycle', sub_type: 'connect' })
  socket.on('message', (data) => {
    const { action, params, echo } = JSON.parse(data)
    if (action === 'send_group_msg') console.log(`bot: ${params.message}`)
    socket.send(JSON.stringify({ status: 'ok', retcode: 0, data: { message_id: 1 }, echo }))
  })
})

createInterface({ input: process.stdin }).on('line', (text) => {
  const message = {
    post_type: 'message',
    message_type: 'group',
    group_id: 1,
    user_id: 20002,
    raw_message: text,
  }
  for (const socket of server.clients) tell(socket, message)
})

function tell(socket, event) {
  socket.send(JSON.stringify({ time: Math.floor(Date.now() / 1000), self_id: 10001, ...event }))
}
