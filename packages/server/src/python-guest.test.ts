import { guestool } from '@guestool/core'
import { readFrame } from '@guestool/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostStage } from './stage.test.kit.js'

// A host and the public Python guest, as the recordings show it.

let stage: ReturnType<typeof hostStage>

beforeEach(() => {
  stage = hostStage()
})

afterEach(async () => {
  expect(stage.errors).toEqual([])
  expect(await stage.leftovers()).toEqual([])
})

const alpha = () => stage.host.guest('alpha')!

test.each([true, false])('hello, all infos at once, and bye (bots: %s)', async (bots) => {
  const guest = await stage.python('alpha', { bots })
  expect(guest.greeted).toBe(true)
  const asked = [...guestool.info.keys()].map(async (name) => {
    const result = await alpha().info(name as 'time')
    expect(guestool.info.get(name)!.checkResult(result)).toEqual(result)
    return name
  })
  await stage.clock.advance(15_000)
  expect(await Promise.all(asked)).toEqual([...guestool.info.keys()])
  const closed = alpha().close()
  await stage.clock.advance(1_000)
  await closed
  expect(await guest.ended).toMatchObject({ code: 1000 })
  expect(readFrame(guest.received.at(-1)!).opnm).toBe('/greet/bye')
})

test('it is sent no key that its caller did not give, and none that it does not know', async () => {
  const guest = await stage.python('alpha')
  const asked = [alpha().info('cpu'), alpha().info('all_disk_io', 0.5), alpha().info('processes', 0.01)]
  await expect(alpha().info('time', { verbose: true } as {})).rejects.toMatchObject({
    code: 'invalid_params',
  })
  await stage.clock.advance(5_000)
  await Promise.all(asked)
  expect(guest.received.slice(1).map((text) => readFrame(text).opct)).toEqual([
    {},
    { smptime: 0.5 },
    { smptime: 0.01 },
  ])
})

test('what it does not know is unknown_operation', async () => {
  await stage.python('alpha')
  await expect(alpha().action('matcher/list')).rejects.toMatchObject({
    code: 'unknown_operation',
    remote: true,
  })
})

test('cpu waits for processes, which samples one after another; memory does not', async () => {
  const guest = await stage.python('alpha', { processes: 84 })
  const processes = alpha().info('processes', 0.1)
  const cpu = alpha().info('cpu', 0.1)
  await alpha().info('memory')
  expect(guest.received.slice(1).map((text) => readFrame(text).opnm)).toEqual([
    '/info/processes',
    '/info/memory',
  ])
  await stage.clock.advance(9_000)
  await Promise.all([processes, cpu])
  expect(guest.received.slice(1).map((text) => readFrame(text).opnm)).toEqual([
    '/info/processes',
    '/info/memory',
    '/info/cpu',
  ])
})

test('a reply after a minute is refused, and rejected once', async () => {
  const guest = await stage.python('alpha', { processes: 700 })
  const asked = alpha().info('processes', 0.1)
  const next = alpha().info('cpu', 0.1)
  await stage.clock.settle()
  const { opid } = readFrame(guest.received.at(-1)!)
  // Whoever waited for it has no time left either.
  const failures = Promise.allSettled([asked, next])
  await stage.clock.advance(60_000)
  expect(await failures).toMatchObject([
    { reason: { code: 'expired', guest: 'alpha', operation: 'info processes' } },
    { reason: { code: 'expired', guest: 'alpha', operation: 'info cpu' } },
  ])
  await stage.clock.advance(15_000)
  expect(alpha().counts).toMatchObject({ late: 1 })
  const rejections = guest.received.map(readFrame).filter(({ opnm }) => opnm === '/event/reject')
  expect(rejections).toEqual([
    { opid, opnm: '/event/reject', opct: expect.objectContaining({ code: 'expired', age_ms: 70_000 }) },
  ])
  // The slot is free again.
  const again = alpha().info('cpu', 0.1)
  await stage.clock.advance(200)
  expect((await again).cpu_ncores.logical).toBeGreaterThan(0)
})

test('after a loss it does not come back, and the host keeps nothing of it', async () => {
  const guest = await stage.python('alpha')
  stage.pair.kill()
  await stage.clock.advance(60_000)
  expect(guest.over).toMatchObject({ code: 1006 })
  expect(stage.pairs).toHaveLength(1)
  expect(stage.host.guests).toEqual([])
})
