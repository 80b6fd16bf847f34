import { frame, readFrame, Stage, type StageOptions } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revision2 } from '../revision/revision2.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(async () => {
  expect(await stage.leftovers()).toEqual([])
})

const opid = '11111111-2222-4333-8444-555555555555'
const info = { time: () => ({ system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }) }
const fine = (id: string): string => frame(id, '/info', { info: 'time' })

async function requester(options: StageOptions = {}) {
  const staged = stage.requester(options)
  await stage.clock.settle()
  return staged
}

async function responder(options: StageOptions = {}) {
  const staged = stage.responder({ info }, options)
  await stage.clock.settle()
  return staged
}

/** A bad frame: what it is, and the opid that a rejection of it can name. */
const badFrames: [text: string, usable: string | undefined][] = [
  ['', undefined],
  ['this is not json', undefined],
  ['{"opid":', undefined],
  ['[]', undefined],
  ['null', undefined],
  ['5', undefined],
  ['{}', undefined],
  ['{"opid":42,"opnm":"/info","opct":{}}', undefined],
  ['{"opid":null,"opnm":"/info","opct":{}}', undefined],
  ['{"opid":"not-a-uuid","opnm":"/info","opct":{}}', undefined],
  ['{"opid":"00000000-0000-1000-8000-000000000000","opnm":"/info","opct":{}}', undefined],
  [`{"opid":"${opid}","opct":{}}`, opid],
  [`{"opid":"${opid}","opnm":null,"opct":{}}`, opid],
  [`{"opid":"${opid}","opnm":"/info"}`, opid],
  [`{"opid":"${opid}","opnm":"/info","opct":NaN}`, opid],
  [`{"opid":"${opid}","opnm":"/info","opct":{}} {}`, opid],
]

const sides = [
  ['a requester', requester],
  ['a responder', responder],
] as const

describe.each(sides)('bad frames at %s', (_name, make) => {
  test.each(badFrames)(
    '%j is counted, rejected only with a usable opid, and lived through',
    async (text, usable) => {
      const { peer, session } = await make()
      peer.send(text)
      await stage.clock.settle()
      expect(session.counts.malformed).toBe(1)
      const rejections = peer.waiting.map(readFrame)
      expect(rejections.map((r) => [r.opid, r.opnm, (r.opct as { code: string }).code])).toEqual(
        usable === undefined ? [] : [[usable, '/event', 'malformed']],
      )
      expect([session.ended, peer.waiting.length]).toEqual([false, rejections.length])
    },
  )

  test('a binary frame is counted, and nothing is sent', async () => {
    const { peer, session } = await make()
    peer.sendBinary()
    await stage.clock.settle()
    expect([session.counts.malformed, peer.waiting]).toEqual([1, []])
  })

  test('16 in a burst are lived through, the 17th closes 4400', async () => {
    const { peer, session, end } = await make()
    for (let i = 0; i < 15; i++) peer.send('x')
    peer.sendBinary()
    await stage.clock.settle()
    expect(end.closing).toBeUndefined()
    peer.send('x')
    await stage.clock.settle()
    expect(end.closing?.code).toBe(4400)
    expect((await peer.ended).reason).toContain('malformed')
    expect(session.ended).toBe(true)
  })

  test('of those that follow nothing is read, while the close is on its way', async () => {
    const { peer, session, end } = await make()
    for (let i = 0; i < 1_000; i++) peer.send('x')
    peer.send(fine(opid))
    peer.sendBinary()
    await stage.clock.settle()
    expect([end.closing?.code, session.counts.malformed, session.counts.received]).toEqual([4400, 17, 17])
    expect(end.sent).toEqual([])
  })

  test('one a second is forgiven for ever', async () => {
    const { peer, end, session } = await make()
    for (let i = 0; i < 100; i++) {
      peer.send('x')
      await stage.clock.advance(1_000)
    }
    expect([session.counts.malformed, end.closing]).toEqual([100, undefined])
  })

  test('a rejection of a bad frame is written in the revision that is spoken', async () => {
    const { peer } = await make({ revision: revision2 })
    peer.send(`{"opid":"${opid}","opnm":"/info"}`)
    const text = await peer.next()
    expect(readFrame(text)).toMatchObject({ opid, opnm: '/event/reject', opct: { code: 'malformed' } })
  })

  test('malformed rejections are rate-limited with the others', async () => {
    const { peer, session } = await make()
    for (let i = 0; i < 16; i++) peer.send(`{"opid":"${opid}","opnm":"/info"}`)
    await stage.clock.settle()
    expect(session.counts.malformed).toBe(16)
    expect(peer.waiting.length).toBeLessThanOrEqual(32)
  })
})

test('good frames between bad ones are answered', async () => {
  const { peer } = await responder()
  for (let i = 0; i < 10; i++) {
    peer.send('x')
    peer.send(fine(`11111111-2222-4333-8444-00000000000${i}`))
  }
  await stage.clock.settle()
  expect(peer.waiting).toHaveLength(10)
})
