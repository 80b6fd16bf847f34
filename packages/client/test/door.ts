import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGuest } from '@guestool/guest'
import { createHost, tokens, type Tokens } from '@guestool/server'
import { answers } from '../../guest/test/answers.js'
import { contract } from './contract.js'
import { listen } from './listen.js'
import { shown } from './shown.js'

/** What a page is given to try the door of a host. */
export interface DoorGiven {
  readonly url: string
  readonly tokens: Readonly<Record<TokenOf, string>>
}

/** What a host knows of who came to its door. */
export interface DoorSeen {
  /** TCP connections since it was given out. */
  readonly dials: number
  /** Whom it asked its tokens about: `guest alpha`, `console -`. */
  readonly asked: readonly string[]
  /** What it told as errors, with all that is in them. */
  readonly errors: readonly string[]
}

export type TokenOf = 'alpha' | 'full' | 'reader' | 'team' | 'expired' | 'wrong'

export interface Door {
  readonly given: DoorGiven
  readonly seen: () => DoorSeen
  readonly close: () => Promise<void>
}

/** A host with tokens in a file and the guests `team-one`, which emits what it is told to, and `other`. */
export async function startDoor(origins: readonly string[]): Promise<Door> {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  const file = join(folder, 'tokens.json')
  const keys = tokens(file)
  const asked: string[] = []
  const errors: string[] = []
  const host = createHost({
    contract,
    origins,
    history: false,
    authenticate(visitor) {
      asked.push(`${visitor.role} ${visitor.id ?? '-'}`)
      return keys.authenticate(visitor)
    },
  })
  host.on('error', (error) => errors.push(shown(error)))
  const server = createServer()
  host.attach(server)
  const url = `ws://127.0.0.1:${await listen(server)}`
  const guests = [await startGuest(url, keys, 'team-one'), await startGuest(url, keys, 'other')]
  const made = await tokensOf(file, keys)
  asked.length = 0
  let dials = 0
  server.on('connection', () => dials++)
  return {
    given: { url, tokens: made },
    seen: () => ({ dials, asked, errors }),
    async close() {
      await Promise.all([...guests, host].map((each) => each.close()))
      server.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function tokensOf(file: string, keys: Tokens): Promise<Record<TokenOf, string>> {
  const hourAgo = { now: () => 0, wall: () => Date.now() - 3_600_000, setTimer: () => () => undefined }
  return {
    alpha: await keys.add({ role: 'guest', id: 'alpha' }),
    full: await keys.add({ role: 'console', actions: true }),
    reader: await keys.add({ role: 'console' }),
    team: await keys.add({ role: 'console', guests: 'team-*', actions: true }),
    expired: await tokens(file, { clock: hourAgo }).add({ role: 'console', expiresIn: 60_000 }),
    wrong: `guestool_00000000.${'A'.repeat(43)}`,
  }
}

async function startGuest(url: string, keys: Tokens, id: string) {
  const token = await keys.add({ role: 'guest', id })
  const guest = createGuest(`${url}/join/${id}`, {
    contract,
    token,
    info: { ...answers, flaky: () => null },
    action: {
      'matcher/list': () => [id],
      'matcher/info': 'unsupported',
      'matcher/hack': 'unsupported',
      'matcher/remove': 'unsupported',
      emit({ bot }) {
        guest.emit('bot_online', { bot })
        return null
      },
      cut: 'unsupported',
    },
  })
  await new Promise<void>((resolve) => {
    guest.on('state', (state) => state === 'open' && resolve())
  })
  return guest
}
