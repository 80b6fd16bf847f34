import { VirtualClock } from '@guestool/testing'
import { afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { contract } from '../test/contract.js'
import { relayed } from '../test/relayed.js'
import { createClient, guestool, type Client, type ClientOptions } from './index.js'

// Real sockets of a real browser, to a real host with a real guest in Node.

const harness = inject('harness')
const backoff = { base: 1, cap: 20 }

/** With tokens: one that takes in who brings one of them. */
async function startHost(kind: 'open' | 'closed to this page', tokens: string[] = []): Promise<string> {
  const query = [...(kind === 'open' ? ['open'] : []), ...tokens.map((token) => `token=${token}`)]
  const response = await fetch(`http://${harness}/host?${query.join('&')}`)
  const { url } = (await response.json()) as { url: string }
  return `${url}/guests/alpha`
}

let url: string
beforeAll(async () => {
  url = await startHost('open')
})

const clients: Pick<Client, 'close' | 'state'>[] = []
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  expect(clients.splice(0).every(({ state }) => state === 'closed')).toBe(true)
})

function connect(address: string, options: Omit<ClientOptions, 'dial'> = {}) {
  const client = createClient(address, { backoff, ...options, contract })
  clients.push(client)
  return client
}

/** The next time that a client is in this state. */
function reaches(client: Pick<Client, 'on' | 'state'>, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    if (client.state === wanted) return resolve()
    const off = client.on('state', (state) => {
      if (state !== wanted) return
      off()
      resolve()
    })
  })
}

describe.each([1, 2] as const)('in a browser, revision %i', (revision) => {
  test('asks for every info and for actions, and hears events', async () => {
    const client = connect(url, { revision })
    expect(await client.info('cpu', 0.5)).toMatchObject({ cpu_percent: 12.5 })
    for (const name of guestool.info.keys()) await client.info(name as 'memory')
    expect(await client.action('matcher/list')).toEqual(['one'])
    await expect(client.action('matcher/info', 'x')).rejects.toMatchObject({
      code: 'unsupported',
      guest: 'alpha',
    })
    const heard = new Promise((resolve) => client.onEvent('bot_online', resolve))
    await client.action('emit', '你好 🤖')
    expect(await heard).toEqual({ bot: '你好 🤖' })
  })

  test('watches', async () => {
    const client = connect(url, { revision })
    const seen: string[][] = []
    for await (const bots of client.watch('bots', undefined, { every: 1 })) {
      seen.push(bots)
      if (seen.length === 3) break
    }
    expect(seen).toEqual([[], [], []])
  })

  test('comes back when the connection breaks; infos in flight are answered, actions say what is known', async () => {
    const client = connect(url, { revision })
    const states: string[] = []
    client.on('state', (state) => states.push(state))
    await client.info('time')
    const [flaky, cut] = await Promise.allSettled([client.info('flaky'), client.action('cut')])
    expect(cut).toMatchObject({
      status: 'rejected',
      reason: { code: 'connection_lost', outcome: 'unknown', closeCode: 1006 },
    })
    expect(flaky).toEqual({ status: 'fulfilled', value: null })
    expect(states.slice(0, 3)).toEqual(['open', 'reconnecting', 'open'])
    expect(await client.action('matcher/list')).toEqual(['one'])
  })
})

describe('a token, in a browser', () => {
  const secret = 's3cret-~!'
  let guarded: string
  beforeAll(async () => {
    guarded = await startHost('open', [secret, 'first', 'third'])
  })

  test.each<[string, Omit<ClientOptions, 'dial'>]>([
    ['the option', { token: secret }],
    ['a function', { token: () => Promise.resolve(secret) }],
  ])('of %s arrives', async (_, options) => {
    const client = connect(guarded, options)
    expect(await client.action('matcher/list')).toEqual(['one'])
  })

  test('of the URL arrives, as it does on Node', async () => {
    const client = connect(guarded.replace('://', `://me:${encodeURIComponent(secret)}@`))
    expect(await client.info('bots')).toEqual([])
  })

  test.each([
    ['wrong', { token: 'guessed' }],
    ['missing', {}],
  ])('that is %s is refused for good', async (_, options) => {
    const client = connect(guarded, options)
    const error: unknown = await client.info('time').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'refused',
      closeCode: 4401,
      message: expect.stringContaining('token'),
    })
    expect(String(error)).not.toContain('guessed')
    expect(client.state).toBe('closed')
  })

  test('of a function is asked for again after a loss, and again when it is over', async () => {
    const given: string[] = []
    const client = connect(guarded, {
      token() {
        given.push(['first', 'second'][given.length] ?? 'third')
        return given.at(-1) ?? ''
      },
    })
    await reaches(client, 'open')
    await client.action('cut').catch(() => undefined)
    expect(await client.info('bots')).toEqual([])
    expect(given).toEqual(['first', 'second', 'third'])
  })
})

describe('a browser', () => {
  test('without ping asks with a fresh hello whether the host lives, and gives it up when it does not', async () => {
    const { url: address, peer, hangUp } = await relayed('/guests/alpha')
    const clock = new VirtualClock()
    const client = connect(address, { clock })
    const first = await peer.next('hello')
    peer.send(first)
    await reaches(client, 'open')
    await clock.advance(29_000)
    expect(peer.waiting).toEqual([])
    await clock.advance(11_000)
    const second = await peer.next('a fresh hello')
    expect(JSON.parse(second)).toMatchObject({ opnm: '/hello', opct: {} })
    expect(second).not.toBe(first)
    // Answered: it lives. A relayed echo takes real time, on a clock that stands still.
    const { received } = client.counts
    peer.send(second)
    await vi.waitFor(() => expect(client.counts.received).toBe(received + 1))
    await clock.advance(40_000)
    await peer.next('another hello')
    expect(client.state).toBe('open')
    // No further: the next dial must not be over before this connection is.
    for (let waited = 0; waited < 25 && client.state === 'open'; waited++) await clock.advance(1_000)
    expect(client.state).toBe('reconnecting')
    expect(await peer.ended).toMatchObject({ code: 1000 })
    hangUp()
    const closed = client.close()
    await clock.advance(2_000)
    await closed
    expect(clock.timers).toBe(0)
  })

  test.each([
    [1000, 'done'],
    [4401, 'no token'],
    [4403, 'not here'],
    [4404, 'no guest beta'],
    [4409, 'taken'],
  ])('sees %i, and why', async (code, reason) => {
    const client = connect(`ws://${harness}/guests/close?code=${code}&reason=${encodeURIComponent(reason)}`)
    const error = await client.info('time').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'refused',
      closeCode: code,
      message: expect.stringContaining(reason),
    })
  })

  test.each([1001, 1009, 1011, 1012, 1013, 4400, 4408, 4429])('sees %i, and dials again', async (code) => {
    const client = connect(`ws://${harness}/guests/close?code=${code}&reason=later`)
    const errors = new Promise((resolve) => {
      let count = 0
      client.on('error', (error) => ++count === 3 && resolve(error))
    })
    expect(await errors).toMatchObject({ code: 'connection_lost', closeCode: code, outcome: 'never_sent' })
  })

  test('sees no more than 1006 of a host that does not take its page in', async () => {
    const client = connect(await startHost('closed to this page'), { connectTimeout: 300 })
    await expect(client.info('time')).rejects.toMatchObject({
      code: 'connect_timeout',
      message: expect.stringContaining('1006'),
    })
  })

  test('may close with what a page may close with: 4400 after too much nonsense', async () => {
    const { url: address, peer, hangUp } = await relayed('/guests/alpha')
    connect(address)
    peer.send(await peer.next('hello'))
    for (let i = 0; i <= 16; i++) peer.send('nonsense')
    expect(await peer.ended).toMatchObject({
      code: 4400,
      reason: expect.stringContaining('too many malformed'),
    })
    hangUp()
  })

  test('says 1000 when it is closed', async () => {
    const { url: address, peer, hangUp } = await relayed('/guests/alpha')
    const client = connect(address)
    peer.send(await peer.next('hello'))
    await reaches(client, 'open')
    await client.close()
    expect(await peer.ended).toEqual({ code: 1000, reason: '' })
    hangUp()
  })
})
