// Watches a fleet, and posts to a webhook when a guest, one of its bots or the host is not well for a while.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createHub, isGuestoolError } from '@guestool/client'
import { Troubles } from './troubles.mjs'

const { env } = process
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { webhook: { type: 'string' }, after: { type: 'string' } },
})
const url = positionals[0] ?? env.GUESTOOL_URL
const webhook = values.webhook ?? env.WEBHOOK_URL
const after = Number(values.after ?? env.AFTER_SECONDS ?? 120)
if (url === undefined || !URL.canParse(webhook) || !(after > 0)) {
  console.error(
    'node watch.mjs ws://HOST:37103 --webhook https://… [--after 120]   (the token: GUESTOOL_TOKEN)',
  )
  process.exit(2)
}

/** Milliseconds: a look every ten, unless something happens. */
const beat = Math.min(1_000, after * 100)
const hub = createHub(url, { token: env.GUESTOOL_TOKEN, connectTimeout: 5 * beat })
const troubles = new Troubles(after)
let connection = 0
let watching = false
let delivered = Promise.resolve()
let hurry = new AbortController()

hub.on('state', (state) => {
  if (state === 'open') connection++
  hurry.abort()
})
hub.on('error', (error) => console.error(error.message))
// What happens hurries the next look; what is there is what counts.
for (const event of ['guest_joined', 'guest_left', 'guest_state']) hub.onEvent(event, () => hurry.abort())
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))

while (hub.state !== 'closed') {
  const seen = await see()
  if (!watching && seen !== undefined) console.log(`Watching ${seen.guests.length} guests`)
  watching ||= seen !== undefined
  for (const tale of troubles.look(seen, performance.now() / 1_000)) tell(tale)
  await sleep(beat)
  await sleep(9 * beat, undefined, { signal: hurry.signal }).catch(() => undefined)
  hurry = new AbortController()
}
tell({ event: 'trouble', state: 'refusing', seconds: 0 })
await delivered
process.exit(1)

/** Undefined when the hub cannot be asked. */
async function see() {
  for (;;) {
    const before = connection
    try {
      const seen = { guests: await hub.guests(), vitals: await vitals(), connection }
      // What was listed in part before a reconnect and in part after it is not one list.
      if (connection === before) return seen
    } catch (error) {
      console.error(error.message)
      return undefined
    }
  }
}

async function vitals() {
  const all = []
  try {
    for (;;) {
      const page = await hub.info('vitals', { after: all.at(-1)?.id ?? '' })
      if (page.length === 0) return all
      all.push(...page)
    }
  } catch (error) {
    // A host that does not know them yet: guests are watched without their bots.
    if (isGuestoolError(error) && ['unsupported', 'unknown_operation'].includes(error.code)) return []
    throw error
  }
}

function tell(tale) {
  const text = textOf(tale)
  console.log(text)
  // `text` is what Slack and Mattermost show, `content` is Discord's; `id` tells a receiver what it has already.
  const body = JSON.stringify({ id: randomUUID(), text, content: text, ...tale })
  delivered = delivered.then(() => post(body))
}

function textOf({ event, guest, bot, state, seconds }) {
  const party = guest === undefined ? `host ${new URL(url).host}` : `guest ${guest}`
  // Names of bots are anybody's: chats make mentions and links of these.
  const name = bot === undefined ? '' : `bot ${bot.slice(0, 100).replaceAll(/[<>@&\p{C}]/gu, '?')} of `
  const time = seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`
  return `${name}${party}: ${event === 'trouble' ? `${state} for` : 'well again after'} ${time}`
}

/** Until it is taken, later and later; what a receiver does not want is not brought again. */
async function post(body) {
  for (let wait = 1_000; ; wait = Math.min(60_000, wait * 2)) {
    const headers = { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(10_000)
    const problem = await fetch(webhook, { method: 'POST', headers, body, signal }).then(
      (response) => {
        void response.body?.cancel()
        return response.ok ? undefined : response.status
      },
      (error) => error.cause?.message ?? error.message,
    )
    if (problem === undefined) return
    console.error(`webhook: ${problem}`)
    if (problem >= 400 && problem < 500 && problem !== 429) return
    await sleep(wait)
  }
}
