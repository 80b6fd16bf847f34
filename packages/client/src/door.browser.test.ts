import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { atDoor, offer, type AtDoor } from '../test/at-door.js'
import { contract } from '../test/contract.js'
import type { TokenOf } from '../test/door.js'
import { createClient, createHub, type Client, type ClientOptions, type GuestoolError } from './index.js'

// Consoles in a real browser, at the door of a real host with tokens: each refusal, and that nobody sees a token.

let door: AtDoor
beforeEach(async () => {
  door = await atDoor()
})
afterEach(() => door.leave())

const backoff = { base: 1, cap: 20 }
const options = (token: TokenOf | undefined, more: object = {}) => ({
  contract,
  backoff,
  ...more,
  token: token && door.tokens[token],
})
const client = (id: string, token?: TokenOf, more?: Omit<ClientOptions, 'dial'>) =>
  door.watch(createClient(`${door.url}/guests/${id}`, options(token, more)))
const hubOf = (token?: TokenOf) => door.watch(createHub(door.url, options(token)))

/** What a call that has to fail fails with. */
async function failure(call: Promise<unknown>): Promise<GuestoolError> {
  return door.look(
    await call.then(
      (result) => {
        throw new Error(`it did not fail: ${JSON.stringify(result)}`)
      },
      (error: GuestoolError) => error,
    ),
  )
}

const refusals: [string, TokenOf | undefined, number, RegExp][] = [
  ['no token', undefined, 4401, /no token came with this connection; get one and send it/],
  ['a wrong token', 'wrong', 4401, /this token is not valid, or was revoked; get a new one and send it/],
  ['an expired token', 'expired', 4401, /this token expired on \d{4}-\d\d-\d\d; get a new one and send it/],
  ['a guest’s token', 'alpha', 4403, /this token is not for a console; get one that is/],
]

describe.each(refusals)('%s refuses for good, with a word on what to do', (_, token, closeCode, message) => {
  async function expectRefused(asker: Pick<Client, 'state' | 'on' | 'close'>, ask: () => Promise<unknown>) {
    const refused = { code: 'refused', closeCode, remote: true, message: expect.stringMatching(message) }
    expect(await failure(ask())).toMatchObject(refused)
    expect(asker.state).toBe('closed')
    expect(door.errorsOf(asker)).toMatchObject([refused])
    expect(await failure(ask())).toMatchObject(refused)
    // It would have dialled again by the time that others came in and were answered.
    for (let others = 0; others < 3; others++) await hubOf('full').guests()
    expect(await door.seen()).toMatchObject({ dials: 4, errors: [] })
  }

  test('a client', async () => {
    const asker = client('team-one', token)
    await expectRefused(asker, () => asker.info('time'))
  })

  test('a hub', async () => {
    const asker = hubOf(token)
    await expectRefused(asker, () => asker.guests())
  })
})

test('a token that is refused is asked for once more, and no more', async () => {
  const given: (string | undefined)[] = []
  const next = (): string => {
    given.push(given.length === 0 ? door.tokens.expired : door.tokens.wrong)
    return given.at(-1)!
  }
  const asker = door.watch(createHub(door.url, { contract, backoff, token: next }))
  expect(await failure(asker.guests())).toMatchObject({ code: 'refused', closeCode: 4401 })
  expect(given).toEqual([door.tokens.expired, door.tokens.wrong])
  expect(await door.seen()).toMatchObject({ dials: 2, asked: ['console -', 'console -'] })
})

test('after ten failed attempts a right token waits: it hears why, and dials on with backoff', async () => {
  await Promise.all(Array.from({ length: 10 }, () => failure(client('team-one', 'wrong').info('time'))))
  const asker = client('team-one', 'full', { connectTimeout: 300 })
  expect(await failure(asker.info('time'))).toMatchObject({
    code: 'connect_timeout',
    message: expect.stringMatching(/\(4429\): too many failed attempts from this address; wait a minute/),
  })
  expect(asker.state).toBe('connecting')
  await vi.waitFor(() => expect(door.errorsOf(asker).length).toBeGreaterThan(3))
  for (const error of door.errorsOf(asker))
    expect(error).toMatchObject({ code: 'connection_lost', closeCode: 4429, outcome: 'never_sent' })
  const { dials, asked, errors } = await door.seen()
  expect(dials).toBeGreaterThan(13)
  // Nobody looked at its token.
  expect(asked).toHaveLength(10)
  expect(errors).toEqual([])
})

describe('a console of team-*', () => {
  test('has no other guest: each call fails as for one that is not there', async () => {
    const hub = hubOf('team')
    const told = async (id: string, ask: (id: string) => Promise<unknown>): Promise<unknown> => {
      const { code, message, remote, closeCode } = await failure(ask(id))
      return { code, remote, closeCode, message: message.replaceAll(id, '{id}') }
    }
    for (const ask of [
      (id: string) => hub.guest(id).info('time'),
      (id: string) => hub.guest(id).action('matcher/list'),
      (id: string) => hub.info('history', { guest: id }),
      (id: string) => client(id, 'team').info('time'),
      (id: string) => client(id, 'team').action('matcher/list'),
    ]) {
      expect(await told('other', ask)).toEqual(await told('nobody', ask))
    }
    expect(await failure(hub.guest('other').info('time'))).toMatchObject({
      code: 'gone',
      guest: 'other',
      message: expect.stringContaining('info time (guest other)'),
    })
    expect((await hub.guests()).map(({ id }) => id)).toEqual(['team-one'])
    expect(await hub.info('hub')).toMatchObject({ guests: { alive: 1, gone: 0 } })
    expect(await hub.guest('team-one').action('matcher/list')).toEqual(['team-one'])
  })

  test('hears no event of another guest, whatever it asks to hear', async () => {
    const [all, some] = [hubOf('full'), hubOf('team')]
    const heard: string[] = []
    some.guest('other').onEvent('bot_online', () => heard.push('other'))
    const inOrder = new Promise<void>((resolve) => {
      some.fleet.onEvent('bot_online', ({ bot }, guest) => {
        heard.push(guest)
        if (bot === 'last') resolve()
      })
    })
    const known = new Promise<void>((resolve) => {
      all.fleet.onEvent('bot_online', (_, guest) => guest === 'other' && resolve())
    })
    // Each was told of its subscription before it is answered.
    await Promise.all([all.guests(), some.guests()])
    await all.guest('other').action('emit', 'a bot')
    await known
    await all.guest('team-one').action('emit', 'last')
    await inOrder
    expect(heard).toEqual(['team-one'])
  })
})

describe('a console that may only read', () => {
  test('does no action, of whichever guest and by whichever URL, and reads on', async () => {
    const [hub, one] = [hubOf('reader'), client('team-one', 'reader')]
    for (const ask of [hub.guest('team-one'), hub.guest('nobody'), one]) {
      expect(await failure(ask.action('emit', 'a bot'))).toMatchObject({
        code: 'forbidden',
        operation: 'action emit',
        message: expect.stringContaining('this console may only read; it needs a token that allows actions'),
      })
    }
    expect(await hub.guest('team-one').info('bots')).toEqual([])
    expect(await one.info('bots')).toEqual([])
    expect([hub.state, one.state]).toEqual(['open', 'open'])
  })
})

describe('a page', () => {
  test('of a foreign Origin hears nothing but that there is no connection, whatever its token; it dials on', async () => {
    const foreign = await atDoor('foreign')
    const asker = foreign.watch(
      createHub(foreign.url, { contract, backoff, connectTimeout: 300, token: foreign.tokens.full }),
    )
    const error = await failure(asker.guests())
    expect(error).toMatchObject({ code: 'connect_timeout' })
    expect(error.message).toContain(
      `no connection to ${foreign.url}/guests (1006): perhaps this page is not among the host's "origins"; is the host running there?`,
    )
    await vi.waitFor(() => expect(foreign.errorsOf(asker).length).toBeGreaterThan(2))
    expect(foreign.errorsOf(asker)[0]).toMatchObject({ code: 'connection_lost', closeCode: 1006 })
    expect(asker.state).toBe('connecting')
    const { dials, asked } = await foreign.seen()
    expect(dials).toBeGreaterThan(2)
    expect(asked).toEqual([])
    foreign.look(error)
    await foreign.leave()
  })

  test('whose Origin is null comes in nowhere', async () => {
    const answer = new Promise((resolve) =>
      addEventListener('message', ({ data }) => resolve(data), { once: true }),
    )
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.srcdoc = `<script type="module">
      import { createHub } from 'http://${inject('harness')}/client.js'
      const hub = createHub('${door.url}', { token: '${door.tokens.full}', connectTimeout: 300 })
      const { code, message } = await hub.guests().then(() => ({ code: 'in' }), (error) => error)
      const guest = new WebSocket('${door.url}/join/alpha', ${JSON.stringify(offer(door.tokens.alpha))})
      const { code: closeCode, reason } = await new Promise((resolve) => (guest.onclose = resolve))
      parent.postMessage({ origin, state: hub.state, code, message, closeCode, reason }, '*')
      hub.close()
    </script>`
    document.body.append(frame)
    expect(door.look(await answer)).toEqual({
      origin: 'null',
      state: 'connecting',
      code: 'connect_timeout',
      message: expect.stringContaining('(1006)'),
      closeCode: 4403,
      reason: 'this Origin may not connect; the host\'s option "origins" can allow it',
    })
    frame.remove()
    expect((await door.seen()).asked).toEqual([])
  })

  test('of an Origin that the host names comes in with its token, and only with it', async () => {
    expect(await hubOf('full').guest('team-one').action('matcher/list')).toEqual(['team-one'])
    expect(await failure(hubOf().guests())).toMatchObject({ closeCode: 4401 })
  })
})
