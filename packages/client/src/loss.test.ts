import { closeCode } from '@guestool/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryHost, outcomeOf, silence } from '../test/memory-host.js'

let host: MemoryHost
beforeEach(() => {
  host = new MemoryHost()
  // Half of what a backoff may be.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await host.tidy()
})

/** The host closes the newest connection. */
async function closeWith(code: number, reason = 'said so'): Promise<void> {
  if (code === closeCode.lost) host.address.pair.kill()
  else host.address.pair.acceptor.close(code, reason)
  await host.clock.settle()
}

describe('a lost connection', () => {
  test('is dialled again, each time after twice as long, up to the cap', async () => {
    const client = await host.open({ backoff: { base: 1_000, cap: 30_000 } })
    host.address.otherwise = 'refuse'
    host.address.pair.kill()
    await host.clock.settle()
    expect(client.state).toBe('reconnecting')
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      const wait = host.clock.untilNext ?? 0
      waits.push(wait)
      await host.clock.advance(wait)
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(host.address.dials).toBe(9)
  })

  test('backs off between nothing and all of it, as chance has it', async () => {
    const chance = vi.spyOn(Math, 'random')
    await host.open()
    for (const [random, wait] of [
      [0.999, 999],
      [0.001, 1],
    ] as const) {
      chance.mockReturnValueOnce(random)
      host.address.pair.kill()
      await host.clock.settle()
      expect(host.clock.untilNext).toBeCloseTo(random === 0.999 ? wait : 2 * wait)
      await host.clock.advance(2_000)
    }
  })

  test('starts the backoff over once a connection held for ten seconds', async () => {
    const client = await host.open()
    for (const [openFor, wait] of [
      [9_999, 500],
      [9_999, 1_000],
      [10_000, 500],
      [0, 1_000],
    ] as const) {
      await host.clock.advance(openFor)
      host.address.pair.kill()
      await host.clock.settle()
      expect(client.state).toBe('reconnecting')
      expect(host.clock.untilNext).toBe(wait)
      await host.clock.advance(wait)
      expect(client.state).toBe('open')
    }
  })

  test('tells its states, and each failed dial as an error', async () => {
    host.address.plan.push('throw', 'refuse')
    const client = host.client()
    const heard: unknown[] = []
    client.on('state', (state) => heard.push(state))
    client.on('error', (error) => heard.push((error as Error).message))
    await host.clock.advance(500 + 1_000)
    host.address.pair.kill()
    await host.clock.advance(2_000)
    expect(heard).toEqual([
      expect.stringContaining('this dial was planned to throw'),
      expect.stringContaining('nobody listens'),
      'open',
      'reconnecting',
      'open',
    ])
  })

  test('holds calls until the next one, within connectTimeout', async () => {
    host.answer = ({ label }) => [label]
    const client = await host.open({ connectTimeout: 5_000 })
    host.address.otherwise = 'hang'
    host.address.pair.kill()
    await host.clock.settle()
    const early = outcomeOf(client.info('bots'))
    await host.clock.advance(4_999)
    const late = outcomeOf(client.info('bots'))
    await host.clock.advance(1)
    expect(await early).toMatchObject({
      code: 'connect_timeout',
      message: expect.stringContaining('5000 ms'),
    })
    host.address.otherwise = 'accept'
    // The dial that hangs is given up after ten seconds; connectTimeout is over before.
    await host.clock.advance(5_000)
    expect(await late).toMatchObject({ code: 'connect_timeout' })
    await host.clock.advance(5_000)
    expect(await client.info('bots')).toEqual(['info bots'])
  })
})

test('while a socket closes, calls wait for the next one', async () => {
  host.answer = ({ label }) => [label]
  const client = await host.open()
  const { pair } = host.address
  // The peer takes its time to answer the close.
  pair.hold()
  pair.dialler.close(4400, '')
  const calls = [client.info('bots'), client.info('bots')]
  const action = client.action('matcher/list')
  await host.clock.advance(3_000)
  expect(client.state).toBe('open')
  pair.release()
  await host.clock.advance(500)
  expect(await Promise.all([...calls, action])).toEqual([
    ['info bots'],
    ['info bots'],
    ['action matcher/list'],
  ])
})

describe('a close code says whether to dial again', () => {
  test.each([1001, 1006, 1009, 1011, 1012, 1013, 4400, 4408, 4429])('%i: yes', async (code) => {
    const client = await host.open()
    await closeWith(code)
    expect(client.state).toBe('reconnecting')
    await host.clock.advance(500)
    expect(client.state).toBe('open')
  })

  test.each([1000, 4401, 4403, 4404, 4409])('%i: no', async (code) => {
    const client = await host.open()
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    await closeWith(code, 'for a reason')
    expect(client.state).toBe('closed')
    const refusal = { code: 'refused', closeCode: code, remote: true }
    expect(errors).toEqual([expect.objectContaining(refusal)])
    expect(String(errors[0])).toContain('for a reason')
    await host.clock.advance(60_000)
    expect(host.address.dials).toBe(1)
    // From now on every call says why.
    expect(await outcomeOf(client.info('cpu'))).toMatchObject({
      code: 'refused',
      closeCode: code,
      operation: 'info cpu',
      guest: 'alpha',
      message: expect.stringContaining('for a reason'),
    })
    expect(await outcomeOf(client.action('matcher/list'))).toMatchObject({ code: 'refused', closeCode: code })
  })

  test('also before hello was answered: a call that waits is told', async () => {
    host.address.otherwise = { code: 4404, reason: 'no guest alpha' }
    const client = host.client()
    const call = outcomeOf(client.info('cpu'))
    await host.clock.settle()
    expect(await call).toMatchObject({ code: 'refused', closeCode: 4404 })
    expect(client.state).toBe('closed')
  })
})

describe('under a loss', () => {
  test('a thousand calls settle: infos are answered after the reconnect, actions say what is known', async () => {
    const client = await host.open()
    const infos = Array.from({ length: 700 }, () => outcomeOf(client.info('bots')))
    const actions = Array.from({ length: 300 }, () => outcomeOf(client.action('matcher/list')))
    await host.clock.settle()
    expect(host.asked).toHaveLength(1_000)
    host.answer = ({ label }) => [label]
    host.address.pair.kill()
    const failed = await Promise.all(actions)
    for (const error of failed)
      expect(error).toMatchObject({
        code: 'connection_lost',
        outcome: 'unknown',
        operation: 'action matcher/list',
        guest: 'alpha',
        closeCode: 1006,
      })
    await host.clock.advance(500)
    for (const result of await Promise.all(infos)) expect(result).toEqual(['info bots'])
    // Asked again once each, under fresh opids; no action among them.
    expect(host.asked).toHaveLength(1_700)
    expect(new Set(host.asked.map(({ opid }) => opid)).size).toBe(1_700)
    expect(host.asked.slice(1_000).every(({ label }) => label === 'info bots')).toBe(true)
  })

  test('an info is asked again once only', async () => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.advance(500)
    expect(host.asked).toHaveLength(2)
    host.address.pair.kill()
    expect(await call).toMatchObject({ code: 'connection_lost', outcome: 'unknown', operation: 'info bots' })
    await host.clock.advance(5_000)
    expect(host.asked).toHaveLength(2)
  })

  test('what was sent the first time and not the second is unknown, not never sent', async () => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    await host.clock.settle()
    client.on('state', (state) => {
      // Its socket closes before anybody else hears that it is open.
      if (state === 'open') host.address.pair.dialler.close(1000, '')
    })
    host.address.pair.kill()
    await host.clock.advance(500)
    expect(host.asked).toHaveLength(1)
    expect(await call).toMatchObject({ code: 'connection_lost', outcome: 'unknown' })
  })

  test('an info that was asked again has the minute of its first sending, also when the machine slept', async () => {
    const client = await host.open()
    const [early, late] = [outcomeOf(client.info('bots')), outcomeOf(client.info('bots'))]
    await host.clock.advance(40_000)
    host.address.pair.kill()
    await host.clock.advance(500)
    const [, , first, second] = host.asked
    host.clock.sleep(19_499)
    first?.reply(['in time'])
    await host.clock.settle()
    host.clock.sleep(1)
    second?.reply(['too late'])
    expect(await early).toEqual(['in time'])
    expect(await late).toMatchObject({ code: 'expired' })
  })

  test('a reply to the first asking, on the new connection, is none', async () => {
    const client = await host.open()
    const call = client.info('bots')
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.advance(500)
    const [first, second] = host.asked
    host.send(first?.opid ?? '', '/info', ['stale'])
    await host.clock.settle()
    expect(client.counts.unknown).toBe(1)
    second?.reply(['fresh'])
    expect(await call).toEqual(['fresh'])
  })

  test.each([1009, 4400, 4408, 4429])('with %i nothing is asked again', async (code) => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    await host.clock.settle()
    await closeWith(code)
    expect(await call).toMatchObject({ code: 'connection_lost', closeCode: code, outcome: 'unknown' })
    await host.clock.advance(10_000)
    expect(client.state).toBe('open')
    expect(host.asked).toHaveLength(1)
  })

  test.each([1000, 4409])('with %i, which ends it all, calls in flight say so', async (code) => {
    const client = await host.open()
    const calls = [outcomeOf(client.info('bots')), outcomeOf(client.action('matcher/list'))]
    await host.clock.settle()
    await closeWith(code)
    for (const call of calls)
      expect(await call).toMatchObject({ code: 'connection_lost', closeCode: code, outcome: 'unknown' })
  })

  test('an info lives on for what is left of its minute', async () => {
    const client = await host.open()
    const call = outcomeOf(client.info('bots'))
    const settled = vi.fn()
    void call.then(settled)
    await host.clock.advance(40_000)
    host.address.pair.kill()
    await host.clock.advance(500)
    expect(host.asked).toHaveLength(2)
    await host.clock.advance(19_499)
    expect(settled).not.toHaveBeenCalled()
    await host.clock.advance(1)
    // To the caller it is the minute that is over, not a timeout that it never gave.
    expect(await call).toMatchObject({ code: 'expired', operation: 'info bots' })
  })

  test('an info with a shorter timeout lives on for what is left of that, from the first sending', async () => {
    host.address.plan.push('hang')
    const client = host.client({ connectTimeout: 20_000 })
    const call = outcomeOf(client.info('bots', undefined, { timeout: 4_000 }))
    await host.clock.advance(10_500)
    expect(host.asked).toHaveLength(1)
    await host.clock.advance(1_000)
    host.address.pair.kill()
    await host.clock.advance(1_000)
    expect(host.asked).toHaveLength(2)
    await host.clock.advance(1_999)
    host.asked[1]?.reply(['just in time'])
    expect(await call).toEqual(['just in time'])
  })

  test('an info whose time is over before the reconnect fails with what happened to it', async () => {
    const client = await host.open()
    host.address.otherwise = 'hang'
    const call = outcomeOf(client.info('bots', undefined, { timeout: 2_000 }))
    await host.clock.advance(1_000)
    host.address.pair.kill()
    await host.clock.advance(1_000)
    expect(await call).toMatchObject({ code: 'connection_lost', outcome: 'unknown' })
  })

  test('an info whose sampling no longer fits in its time is not asked again', async () => {
    const client = await host.open()
    const calls = [outcomeOf(client.info('cpu', 30)), outcomeOf(client.info('cpu', 1))]
    await host.clock.advance(29_000)
    host.address.pair.kill()
    await host.clock.advance(500)
    expect(await calls[0]).toMatchObject({ code: 'connection_lost' })
    expect(host.asked.map(({ opct }) => opct['smptime'])).toEqual([30, 1, 1])
  })

  test('an info is aborted by its signal also while it waits for the reconnect', async () => {
    const client = await host.open()
    host.address.otherwise = 'hang'
    const controller = new AbortController()
    const call = outcomeOf(client.info('bots', undefined, { signal: controller.signal }))
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.settle()
    controller.abort()
    expect(await call).toMatchObject({ code: 'aborted', operation: 'info bots' })
  })

  test('an info is aborted by its signal also after it was asked again', async () => {
    const client = await host.open()
    const controller = new AbortController()
    const call = outcomeOf(client.info('bots', undefined, { signal: controller.signal }))
    await host.clock.settle()
    host.address.pair.kill()
    await host.clock.advance(500)
    expect(host.asked).toHaveLength(2)
    controller.abort()
    expect(await call).toMatchObject({ code: 'aborted', operation: 'info bots' })
  })

  test('what a closing socket did not take was never sent: infos go out later, actions say so', async () => {
    host.answer = ({ label }) => (label === 'info bots' ? [label] : silence)
    const client = await host.open()
    // Lost, but the client was not told yet.
    host.address.pair.dialler.lose('cable')
    const action = outcomeOf(client.action('matcher/list'))
    const info = outcomeOf(client.info('bots'))
    expect(await action).toMatchObject({
      code: 'connection_lost',
      outcome: 'never_sent',
      operation: 'action matcher/list',
    })
    await host.clock.advance(500)
    expect(await info).toEqual(['info bots'])
    expect(host.asked).toHaveLength(1)
  })
})

describe('a host that is silent', () => {
  test.each([
    ['is pinged', true],
    ['is sent a fresh hello where there is no ping', false],
  ])('%s after 30 s, and given up after two misses', async (_how, ping) => {
    host = new MemoryHost({ ping })
    const client = await host.open()
    const probes = () => (ping ? host.address.pair.dialler.pings : host.hellos.length - 1)
    await host.clock.advance(29_999)
    expect(probes()).toBe(0)
    // It answers: no matter how long it is otherwise silent, it lives.
    await host.clock.advance(90_001)
    expect(probes()).toBeGreaterThan(1)
    expect(client.state).toBe('open')
    // It is gone without a word: neither probe comes back.
    const { pair } = host.address
    host.address.otherwise = 'hang'
    pair.hold()
    const call = outcomeOf(client.action('matcher/list'))
    // At most 30 s ago it was heard last; 30 s of silence and two misses of 10 s are 50 s.
    await host.clock.advance(19_999)
    expect(client.state).toBe('open')
    await host.clock.advance(40_001)
    expect(client.state).toBe('reconnecting')
    expect(await call).toMatchObject({
      code: 'connection_lost',
      outcome: 'unknown',
      message: expect.stringContaining('the host stopped answering'),
    })
    expect(host.address.dials).toBeGreaterThan(1)
  })

  test('is not probed while it talks', async () => {
    const client = await host.open()
    for (let i = 0; i < 10; i++) {
      await host.clock.advance(29_000)
      host.send(crypto.randomUUID(), '/event', { event: 'anything' })
    }
    expect(host.address.pair.dialler.pings).toBe(0)
    expect(client.state).toBe('open')
  })
})
