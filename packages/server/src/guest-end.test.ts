import { newOpid } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GuestConnection } from './guest-connection.js'
import { answer, hostStage, time } from './stage.test.kit.js'

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const guest = (id: string): GuestConnection<any> => stage.host.guest(id)!

test('on loss calls in flight fail with connection_lost, later ones with gone', async () => {
  await stage.guest('alpha')
  const lost = guest('alpha')
  const states: string[] = []
  lost.on('state', (state) => states.push(state))
  const inFlight = [
    lost.info('memory'),
    lost.action('matcher/list'),
    lost.info('cpu'),
    lost.info('processes'),
  ]
  await stage.clock.settle()
  stage.pair.kill()
  const codes = await Promise.all(inFlight.map((call) => call.catch((error: unknown) => error)))
  expect(codes).toMatchObject([
    {
      code: 'connection_lost',
      outcome: 'unknown',
      guest: 'alpha',
      operation: 'info memory',
      closeCode: 1006,
    },
    { code: 'connection_lost', outcome: 'unknown' },
    { code: 'connection_lost', outcome: 'unknown' },
    { code: 'connection_lost', outcome: 'never_sent' },
  ])
  expect(lost.state).toBe('gone')
  expect(states).toEqual(['gone'])
  await expect(lost.info('memory')).rejects.toThrow(
    /info memory \(guest alpha\): .*host\.guest\('alpha'\) gives its successor/,
  )
  await expect(lost.info('cpu')).rejects.toMatchObject({ code: 'gone' })
  expect(stage.host.guest('alpha')).toBeUndefined()
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha'])
})

test('the successor of a guest is another object; the old one stays gone', async () => {
  await stage.guest('alpha')
  const first = guest('alpha')
  stage.pair.kill()
  await stage.clock.settle()
  const peer = await stage.guest('alpha')
  const second = guest('alpha')
  expect(second).not.toBe(first)
  await expect(first.info('time')).rejects.toMatchObject({ code: 'gone' })
  const asked = second.info('time')
  await answer(peer, time)
  expect(await asked).toEqual(time)
})

test('watches end: with an error when the guest is lost, without one when this side closes', async () => {
  const values: unknown[] = []
  const watching = async () => {
    for await (const value of guest('alpha').watch('time')) values.push(value)
    return 'ended'
  }
  const peer = await stage.guest('alpha')
  const lost = watching()
  await stage.clock.settle()
  await answer(peer, time)
  await stage.clock.settle()
  stage.pair.kill()
  await expect(lost).rejects.toMatchObject({ code: 'gone', guest: 'alpha' })
  expect(values).toEqual([time])

  await stage.guest('alpha')
  const closed = watching()
  await stage.clock.settle()
  void guest('alpha').close()
  await stage.clock.advance(2_000)
  expect(await closed).toBe('ended')
})

test('a watch of a guest that is gone ends with `gone`: it never comes back', async () => {
  await stage.guest('alpha')
  const gone = guest('alpha')
  const errors: unknown[] = []
  gone.on('error', (error) => errors.push(error))
  stage.pair.kill()
  await stage.clock.settle()
  await expect(gone.watch('time').next()).rejects.toMatchObject({ code: 'gone', guest: 'alpha' })
  expect(errors).toEqual([])
})

test('bye: revision 2 hears it, its answer is waited for, then 1000', async () => {
  const peer = await stage.guest('alpha', 2)
  const asked = guest('alpha').info('memory')
  const closed = guest('alpha').close()
  // At once, not when the socket is gone.
  await expect(asked).rejects.toMatchObject({ code: 'closed' })
  expect(stage.host.guests).toEqual([])
  await peer.next('memory')
  const bye = await peer.next('bye')
  expect(readFrame(bye)).toMatchObject({ opnm: '/greet/bye', opct: {} })
  await stage.clock.advance(500)
  expect(stage.pair.dialler.over).toBeUndefined()
  peer.send(bye)
  await closed
  expect(await peer.ended).toEqual({ code: 1000, reason: '' })
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha'])
})

test('what is in the queue when the guest is closed is not sent beside bye', async () => {
  const peer = await stage.guest('alpha', 2)
  const asked = [guest('alpha').info('cpu'), guest('alpha').info('processes')]
  void guest('alpha').close()
  for (const call of asked) await expect(call).rejects.toMatchObject({ code: 'closed' })
  await stage.clock.advance(2_000)
  expect(peer.received.slice(1).map((text) => readFrame(text).opnm)).toEqual(['/info/cpu', '/greet/bye'])
})

test('the public guest answers bye and closes by itself', async () => {
  const python = await stage.python('alpha')
  await guest('alpha').close()
  expect(await python.ended).toMatchObject({ code: 1000 })
  expect(python.received.at(-1)).toContain('/greet/bye')
})

test('bye that is not answered is waited for one second', async () => {
  const peer = await stage.guest('alpha', 2)
  const closed = guest('alpha').close()
  await stage.clock.advance(999)
  expect(stage.pair.dialler.over).toBeUndefined()
  await stage.clock.advance(1)
  expect(await peer.ended).toMatchObject({ code: 1000 })
  await closed
})

test('bye to a peer that does not close: the socket is given up after two seconds', async () => {
  await stage.guest('alpha', 2)
  const { pair } = stage
  pair.hold()
  const closed = guest('alpha').close()
  await stage.clock.advance(2_000)
  await closed
  expect(pair.acceptor.over).toMatchObject({ code: 1006 })
})

test('revision 1 has no bye: 1000 at once', async () => {
  const peer = await stage.guest('alpha', 1)
  await guest('alpha').close()
  expect(await peer.ended).toEqual({ code: 1000, reason: '' })
  expect(peer.waiting).toEqual([])
})

test('closing twice is closing once, also a guest that is gone', async () => {
  await stage.guest('alpha')
  const closing = guest('alpha')
  await Promise.all([closing.close(), closing.close()])
  await closing.close()
  expect(stage.log.filter((line) => line === 'left alpha')).toHaveLength(1)
})

test('a guest that says bye is answered with its own opid, and leaves', async () => {
  const peer = await stage.guest('alpha', 2)
  const opid = newOpid()
  peer.send(frame(opid, '/greet/bye', {}))
  expect(readFrame(await peer.next())).toEqual({ opid, opnm: '/greet/bye', opct: {} })
  expect(await peer.ended).toMatchObject({ code: 1000 })
  expect(stage.log).toEqual(['guest alpha', 'state alpha gone', 'left alpha'])
})
