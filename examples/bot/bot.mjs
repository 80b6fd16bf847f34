// A bot that speaks OneBot 11, as NapCat, Lagrange and many others do, and that is a guest: what it received and what
// it called is counted by `guest.bots`, which answers the four infos about bots.
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { WebSocket } from 'ws'

const { GUEST_CONNECTION_HOSTURL, ONEBOT_URL, ONEBOT_TOKEN } = process.env
const guest = createGuest(GUEST_CONNECTION_HOSTURL ?? 'ws://127.0.0.1:37103/join/echo', {
  info: systemInfo(),
  action: 'unsupported',
})
guest.on('state', (state) => console.log(`guest: ${state}`))
guest.on('error', (error) => console.error(error.message))

/** What the bot does with a message to a group: `/echo hello` is answered with `hello`. */
function answer({ raw_message: text, group_id }, call) {
  if (text.startsWith('/echo ')) call('send_group_msg', { group_id, message: text.slice(6) })
}

/** One connection to the platform, and the next one when it is lost. */
function connect() {
  const headers = ONEBOT_TOKEN ? { authorization: `Bearer ${ONEBOT_TOKEN}` } : {}
  const socket = new WebSocket(ONEBOT_URL ?? 'ws://127.0.0.1:3001', { headers })
  let bot

  const call = (action, params) => {
    guest.bots.called(bot, action)
    socket.send(JSON.stringify({ action, params }))
  }
  socket.on('message', (data) => {
    const event = JSON.parse(data)
    // Replies to calls have no post_type: this bot does not wait for them.
    if (event.post_type === undefined) return
    if (bot === undefined) {
      // Who one is on the platform comes with each of its events; the first one is that it is connected.
      bot = String(event.self_id)
      guest.bots.connected(bot)
      console.log(`bot ${bot}: online`)
    }
    guest.bots.received(bot, nameOf(event))
    if (event.message_type === 'group') answer(event, call)
  })
  socket.on('error', (error) => console.error(`platform: ${error.message}`))
  socket.on('close', () => {
    if (bot !== undefined) {
      guest.bots.disconnected(bot)
      console.log(`bot ${bot}: offline`)
    }
    setTimeout(connect, 1_000)
  })
}

/** `message.group`, `notice.group_increase`, `meta_event.heartbeat` */
function nameOf(event) {
  return `${event.post_type}.${event[`${event.post_type}_type`] ?? 'unknown'}`
}

connect()
