import { newOpid } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answer, cpu, hello, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

/** A console in the hands of the test, open. */
async function visitor(id: string, revision: 1 | 2 = 1): Promise<Peer> {
  const peer = stage.peer(`/guests/${id}`)
  await hello(peer, revision)
  await stage.clock.settle()
  return peer
}

async function heard(peer: Peer) {
  await stage.clock.settle()
  return peer.waiting.splice(0).map((text) => readFrame(text))
}

test.each([
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
] as const)('a console of revision %i asks a guest of revision %i', async (asks, answers) => {
  const guest = await stage.guest('alpha', answers)
  const client = stage.console('alpha', asks)
  const sampled = client.info('cpu', 0.5)
  expect(await answer(guest, cpu)).toEqual(
    answers === 1
      ? { opnm: '/info', opct: { info: 'cpu', smptime: 0.5 } }
      : { opnm: '/info/cpu', opct: { smptime: 0.5 } },
  )
  expect(await sampled).toEqual(cpu)
  const listed = client.action('matcher/list')
  await answer(guest, ['a', 'b'])
  expect(await listed).toEqual(['a', 'b'])
  await client.close()
})

test.each([1, 2] as const)(
  'hello of revision %i is echoed byte for byte; a greeting is never forwarded',
  async (revision) => {
    const guest = await stage.guest('alpha')
    const peer = stage.peer('/guests/alpha')
    const text = `{"opct":{ },"opid":"${newOpid()}","opnm":"${revision === 1 ? '/hello' : '/greet/hello'}"}`
    await peer.ready
    peer.send(text)
    expect(await peer.next()).toBe(text)
    await hello(peer, revision)
    expect(await heard(guest)).toEqual([])
  },
)

test('a console says bye to the host, not to the guest', async () => {
  const guest = await stage.guest('alpha', 2)
  const peer = await visitor('alpha', 2)
  const opid = newOpid()
  peer.send(frame(opid, '/greet/bye', {}))
  expect(readFrame(await peer.next())).toMatchObject({ opid, opnm: '/greet/bye' })
  expect(await peer.ended).toMatchObject({ code: 1000 })
  expect(await heard(guest)).toEqual([])
})

test('the guest is asked under an opid of the host’s own, the console answered under its own', async () => {
  const guest = await stage.guest('alpha', 2)
  const peer = await visitor('alpha', 2)
  const opid = newOpid()
  peer.send(`{ "extra": 1, "opid":"${opid}" , "opnm":"/info/time","opct":{}}`)
  const forwarded = await guest.next()
  expect(readFrame(forwarded).opid).not.toBe(opid)
  expect(Object.keys(JSON.parse(forwarded))).toEqual(['opid', 'opnm', 'opct'])
  guest.send(frame(String(readFrame(forwarded).opid), '/event/report/info', time))
  expect(readFrame(await peer.next())).toEqual({ opid, opnm: '/event/report/info', opct: time })
})

test('a reply goes back unchecked: whoever asked checks it', async () => {
  const guest = await stage.guest('alpha')
  const peer = await visitor('alpha', 2)
  for (const result of [
    { cpu_percent: 'none', more: [1] },
    'text',
    null,
    [],
    { error: 'unknown info type' },
  ]) {
    peer.send(frame(newOpid(), '/info/cpu', {}))
    await answer(guest, result)
    expect(readFrame(await peer.next()).opct).toEqual(result)
  }
})

test('a console may come before its guest, and outlive it', async () => {
  const client = stage.console('alpha')
  await expect(client.info('time')).rejects.toMatchObject({ code: 'gone', remote: true })
  const guest = await stage.guest('alpha')
  const asked = client.info('time')
  await answer(guest, time)
  expect(await asked).toEqual(time)
  const inFlight = client.info('memory')
  await stage.clock.settle()
  stage.host
    .guest('alpha')!
    .close()
    .catch(() => undefined)
  await expect(inFlight).rejects.toMatchObject({
    code: 'gone',
    message: expect.stringContaining('guest alpha left before it answered'),
  })
  await expect(client.info('time')).rejects.toMatchObject({ code: 'gone' })
  const successor = await stage.guest('alpha', 2)
  const again = client.info('time')
  await answer(successor, time)
  expect(await again).toEqual(time)
  await client.close()
})

test.each([1, 2] as const)(
  'a guest’s rejection reaches a console of revision %i with its code',
  async (revision) => {
    const guest = await stage.guest('alpha', 1)
    const client = stage.console('alpha', revision)
    const asked = client.info('python_version')
    const { opid } = readFrame(await guest.next())
    guest.send(
      frame(String(opid), '/event', { event: 'reject', code: 'unsupported', error: 'no Python here' }),
    )
    await expect(asked).rejects.toMatchObject({
      code: 'unsupported',
      message: 'info python_version (guest alpha): no Python here',
    })
    await client.close()
  },
)

test('what the contract does not allow is refused, what it does not know is the guest’s to say', async () => {
  const guest = await stage.guest('alpha', 2)
  const peer = await visitor('alpha', 2)
  const bad = newOpid()
  peer.send(frame(bad, '/info/cpu', { smptime: 'x' }))
  expect(readFrame(await peer.next())).toMatchObject({
    opid: bad,
    opnm: '/event/report/info',
    opct: { code: 'invalid_params', error: expect.stringContaining('smptime') },
  })
  peer.send(frame(newOpid(), '/info/mystery', { a: 1 }))
  const asked = await answer(guest, { error: 'unknown info type' })
  expect(asked).toEqual({ opnm: '/info/mystery', opct: { a: 1 } })
  expect(readFrame(await peer.next()).opct).toEqual({ error: 'unknown info type' })
  peer.send(frame(newOpid(), '/nonsense', {}))
  expect(readFrame(await peer.next())).toMatchObject({
    opnm: '/event/reject',
    opct: { code: 'unknown_operation' },
  })
  expect(await heard(guest)).toEqual([])
})

test('a reply that is not JSON is a failure, and nobody’s error', async () => {
  const guest = await stage.guest('alpha', 2)
  const client = stage.console('alpha')
  const asked = client.info('cpu')
  const { opid } = readFrame(await guest.next())
  guest.send(`{"opid": "${String(opid)}", "opnm": "/event/report/info", "opct": NaN}`)
  await expect(asked).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('not JSON') })
  await client.close()
})

test('an unresponsive guest is said to be so at once', async () => {
  await stage.guest('alpha')
  const client = stage.console('alpha')
  await stage.clock.advance(60_000)
  await expect(client.info('time')).rejects.toMatchObject({ code: 'unresponsive', remote: true })
  await client.close()
})

test('after a minute the console hears nothing: its request has expired there, too', async () => {
  const guest = await stage.guest('alpha', 2)
  await stage.clock.advance(700)
  // Another timer of the guest's session comes due first.
  void stage.host
    .guest('alpha')!
    .info('memory')
    .catch(() => undefined)
  await stage.clock.advance(700)
  const peer = await visitor('alpha', 2)
  peer.send(frame(newOpid(), '/info/system_platform', {}))
  await stage.clock.advance(59_999)
  guest.send(frame(newOpid(), '/event/tick', {}))
  await stage.clock.advance(10)
  const frames = await heard(peer)
  expect(frames.map(({ opnm }) => opnm)).toEqual(['/event/tick'])
})

test('a console that leaves is forgotten: nothing is sent for it, and late replies are dropped', async () => {
  const guest = await stage.guest('alpha', 2)
  const peer = await visitor('alpha')
  peer.send(frame(newOpid(), '/info', { info: 'cpu', smptime: 1 }))
  peer.send(frame(newOpid(), '/info', { info: 'cpu', smptime: 2 }))
  peer.send(frame(newOpid(), '/info', { info: 'memory' }))
  await stage.clock.settle()
  stage.pair.kill()
  const sent = await heard(guest)
  expect(sent.map(({ opct }) => opct)).toEqual([{ smptime: 1 }, {}])
  for (const { opid } of sent) guest.send(frame(String(opid), '/event/report/info', cpu))
  // The second cpu was in the queue, and leaves it.
  expect(await heard(guest)).toEqual([])
  expect(stage.host.guest('alpha')!.counts).toMatchObject({ unknown: 0, late: 0, abandoned: 2 })
  expect(stage.host.counts.consoles).toBe(0)
})

test('consoles share exclusive infos with one another and with the host', async () => {
  const guest = await stage.guest('alpha')
  const one = stage.console('alpha')
  const other = stage.console('alpha', 2)
  const asked = [stage.host.guest('alpha')!.info('cpu', 1), one.info('cpu', 1), other.info('cpu', 1)]
  await stage.clock.settle()
  await answer(guest, cpu)
  expect(await Promise.all(asked)).toEqual([cpu, cpu, cpu])
  expect(await heard(guest)).toEqual([])
  await Promise.all([one.close(), other.close()])
})

test('more requests than maxPending are busy', async () => {
  await stage.leftovers()
  stage = hostStage({ maxPending: 2 })
  await stage.guest('alpha')
  const peer = await visitor('alpha', 2)
  for (let i = 0; i < 3; i++) peer.send(frame(newOpid(), '/info/memory', {}))
  expect(await heard(peer)).toMatchObject([{ opct: { code: 'busy' } }])
})

test('a request too large for the guest, and a reply too large for the console', async () => {
  await stage.leftovers()
  stage = hostStage({ maxPayload: 1_000 })
  await stage.guest('alpha', 1)
  const peer = await visitor('alpha', 2)
  // A longer envelope makes it larger than what came in.
  peer.send(frame(newOpid(), '/info/m', { x: 'x'.repeat(1_000 - 85) }))
  expect(await heard(peer)).toMatchObject([{ opct: { code: 'too_large' } }])
})

// What JSON can say, but cannot be made JSON of again: a stack is not that deep.
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`

test('what a guest says that cannot be handed on is told to its console, and is no error of the host', async () => {
  await stage.leftovers()
  stage = hostStage({ maxPayload: 500_000 })
  const guest = await stage.guest('alpha', 1)
  const peer = await visitor('alpha', 2)
  const said = async (content: string) => {
    peer.send(frame(newOpid(), '/info/memory', {}))
    const { opid } = readFrame(await guest.next('a request'))
    guest.send(`{"opid":"${String(opid)}","opnm":"/info","opct":${content}}`)
    return heard(peer)
  }
  // A longer envelope makes it larger than what came in.
  expect(await said(`"${'x'.repeat(500_000 - 80)}"`)).toMatchObject([{ opct: { code: 'too_large' } }])
  expect(await said(deep)).toMatchObject([{ opct: { code: 'failed' } }])
  for (const data of [`{"x":${deep}}`, `{"x":"${'x'.repeat(500_000 - 95)}"}`])
    guest.send(`{"opid":"${newOpid()}","opnm":"/event","opct":{"event":"mystery","data":${data}}}`)
  expect(await heard(peer)).toEqual([])
  expect(await said('"still there"')).toMatchObject([{ opct: 'still there' }])
})

test('of a guest and a console that left nothing is kept', async () => {
  const guest = await stage.guest('alpha')
  const peer = await visitor('alpha', 2)
  peer.send(frame(newOpid(), '/info/memory', {}))
  await answer(guest, 1)
  expect(await heard(peer)).toMatchObject([{ opct: 1 }])
  peer.close(1000)
  guest.close(1000)
  await stage.clock.settle()
  expect(stage.clock.timers).toBe(0)
})

test('of a console that is not there yet nothing is kept', async () => {
  const peer = stage.peer('/guests/alpha')
  await stage.clock.advance(10_000)
  expect(await peer.ended).toMatchObject({ code: 4408 })
  expect(stage.host.counts.consoles).toBe(0)
})
