import { frame, readFrame, Stage, type Peer } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newOpid } from '../fresh-opid.js'
import { SessionResponder, type Load } from './responder.js'

let stage: Stage
let load: Load
let finish: (() => void)[]

beforeEach(() => {
  stage = new Stage()
  load = { pending: 0, maxPending: 10, reserved: 2 }
  finish = []
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
  expect(load.pending).toBe(0)
})

/** A responder that shares the load, and takes its time. */
async function responder() {
  const staged = stage.session(
    {},
    (session) =>
      new SessionResponder(session, {
        answer: () => new Promise<void>((resolve) => finish.push(resolve)),
        load,
      }),
  )
  await stage.clock.settle()
  return staged
}

async function ask(peer: Peer, times: number): Promise<void> {
  for (let i = 0; i < times; i++) peer.send(frame(newOpid(), '/info', { info: 'time' }))
  await stage.clock.settle()
}

test('beyond what all may ask together it is busy, also for one that asks less than it may', async () => {
  const [one, other] = [await responder(), await responder()]
  await ask(one.peer, 10)
  await ask(other.peer, 3)
  expect(load.pending).toBe(12)
  expect(readFrame(await other.peer.next()).opct).toMatchObject({
    code: 'busy',
    error: '12 requests of all who ask are being worked on; ask again later',
  })
  await ask(one.peer, 1)
  expect(readFrame(await one.peer.next()).opct).toMatchObject({ code: 'busy' })
})

test('a few of each are worked on, whatever the others ask', async () => {
  const one = await responder()
  await ask(one.peer, 10)
  for (let i = 0; i < 5; i++) {
    const other = await responder()
    await ask(other.peer, 2)
    expect([other.role.pending, other.peer.waiting]).toEqual([2, []])
  }
})

test('every way out makes room: an answer, expiry, the end of the connection', async () => {
  const [one, other] = [await responder(), await responder()]
  await ask(one.peer, 8)
  for (const each of finish.splice(0, 3)) each()
  await stage.clock.settle()
  expect(load.pending).toBe(5)
  await stage.clock.advance(30_000)
  await ask(other.peer, 4)
  await stage.clock.advance(30_000)
  expect(load.pending).toBe(4)
  other.session.end({ code: 1006, reason: '', byUs: false })
  expect(load.pending).toBe(0)
  // What is answered later counts no second time.
  for (const each of finish) each()
  await stage.clock.settle()
  expect(load.pending).toBe(0)
})
