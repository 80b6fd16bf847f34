import { newOpid } from '@guestool/core'
import { frame, readFrame } from '@guestool/testing'
import { expect, test } from 'vitest'
import { hostStage } from './stage.test.kit.js'

/** What a console of the whole hub, or of one guest, or the guest's own host would ask. */
const questions: readonly [opnm: string, opct: object][] = [
  ['/info', { info: 'guests' }],
  ['/info', { info: 'time' }],
  ['/info/guests', {}],
  ['/action', { action: 'subscribe' }],
  ['/action/subscribe', {}],
  ['/guests/beta/info', { info: 'time' }],
  ['/guests/beta/info/time', {}],
  ['/guests/beta/action', { action: 'matcher/list' }],
]

/** Not an answer: that nobody had asked it for this. */
const rejection = {
  1: { opnm: '/event', opct: { event: 'reject', code: expect.any(String) } },
  2: { opnm: '/event/reject', opct: { code: expect.any(String) } },
}

test.each([1, 2] as const)('a guest of revision %i that asks is told nothing', async (revision) => {
  const stage = hostStage()
  const beta = await stage.guest('beta', revision)
  const alpha = await stage.guest('alpha', revision)
  const opids = questions.map(([opnm, opct]) => {
    const opid = newOpid()
    alpha.send(frame(opid, opnm, opct))
    return opid
  })
  await stage.clock.settle()
  expect(beta.waiting).toEqual([])
  expect(alpha.waiting).not.toEqual([])
  for (const { opid, ...said } of alpha.waiting.map(readFrame)) {
    expect(said).toMatchObject(rejection[revision])
    expect(opids).toContain(opid)
  }
  expect(stage.log).toEqual(['guest beta', 'guest alpha'])
  expect(await stage.leftovers()).toEqual([])
})
