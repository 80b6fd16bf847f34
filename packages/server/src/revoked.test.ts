import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newOpid } from '@guestool/core'
import { frame, VirtualClock } from '@guestool/testing'
import { afterEach, describe, expect, test } from 'vitest'
import type { Stay, Verdict } from './authentication.js'
import { tokens } from './index.js'
import { cleanups, cleanUp } from './sockets.test.kit.js'
import { hello, hostStage } from './stage.test.kit.js'

afterEach(cleanUp)

/** A guest and a console, of whom one may be told to go. */
async function entered(stillValid: Stay['stillValid']) {
  const stage = hostStage({
    authenticate: ({ role, id = '' }) =>
      role === 'guest' ? { role, id, stillValid } : { role, guests: '*', stillValid: () => true },
  })
  const guest = stage.peer('/join/alpha')
  const guestEnd = stage.pair.dialler
  const console = stage.peer('/guests')
  const consoleEnd = stage.pair.dialler
  await Promise.all([hello(guest), hello(console)])
  // A guest that is silent would be asked whether it lives.
  const live = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      if (guestEnd.over === undefined) await hello(guest)
      await stage.clock.advance(10_000)
    }
  }
  return { stage, guest, guestEnd, consoleEnd, live }
}

describe('who was let in', () => {
  test('hears 4401 within a minute after it is not valid any more; others stay', async () => {
    let valid = true
    const { stage, guest, consoleEnd, live } = await entered(() => Promise.resolve(valid))
    await live(120_000)
    expect(stage.host.guest('alpha')?.state).toBe('alive')
    valid = false
    await live(40_000)
    expect(await guest.ended).toEqual({
      code: 4401,
      reason: 'the token of this connection expired or was revoked; get a new one and send it',
    })
    expect(stage.host.guests).toEqual([])
    expect(consoleEnd.over).toBeUndefined()
    expect(stage.errors).toEqual([])
    expect(await stage.leftovers()).toEqual([])
  })

  test('does not come in when that ended before it said hello', async () => {
    let valid = true
    const stillValid = () => valid
    const stage = hostStage({ authenticate: ({ id = '' }) => ({ role: 'guest', id, stillValid }) })
    const guest = stage.peer('/join/alpha')
    await guest.ready
    await stage.clock.settle()
    valid = false
    guest.send(frame(newOpid(), '/hello', {}))
    expect(await guest.ended).toMatchObject({ code: 4401, reason: expect.stringContaining('was revoked') })
    expect(stage.log).toEqual([])
    // Nor does it keep its id from the one that may.
    valid = true
    await stage.guest('alpha')
    expect(stage.log).toEqual(['guest alpha'])
    expect(await stage.leftovers()).toEqual([])
  })

  test('stays when that cannot be found out, and the host hears why', async () => {
    const { stage, guestEnd, live } = await entered(() => {
      throw new Error('the database is away')
    })
    await live(60_000)
    expect(guestEnd.over).toBeUndefined()
    expect(new Set(stage.errors.map(String))).toEqual(new Set(['Error: the database is away']))
    expect(await stage.leftovers()).toEqual([])
  })
})

async function keysOf() {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const clock = new VirtualClock()
  return { clock, keys: tokens(join(folder, 'tokens.json'), { clock }), folder }
}
describe('a token of a file', () => {
  type Keys = ReturnType<typeof tokens>
  const about = { role: 'console', id: undefined, path: '/guests', query: '', headers: {} } as const

  /** What tells later whether whoever brought this token may stay. */
  async function stay(keys: Keys, token: string): Promise<() => Promise<boolean>> {
    const verdict: Verdict = await keys.authenticate({ ...about, token, address: undefined })
    if (verdict === undefined || 'code' in verdict) throw new Error('it was not let in')
    return async () => (await verdict.stillValid?.()) ?? true
  }

  test('is over when its key is revoked', async () => {
    const { keys } = await keysOf()
    const one = await stay(keys, await keys.add({ role: 'console' }))
    const other = await stay(keys, await keys.add({ role: 'console' }))
    expect([await one(), await other()]).toEqual([true, true])
    const [key] = await keys.list()
    await keys.revoke(key!.key)
    expect([await one(), await other()]).toEqual([false, true])
  })

  test('is over when it expires', async () => {
    const { keys, clock } = await keysOf()
    const valid = await stay(keys, await keys.add({ role: 'console', expiresIn: 60_000 }))
    await clock.advance(59_999)
    expect(await valid()).toBe(true)
    await clock.advance(1)
    expect(await valid()).toBe(false)
  })

  test('is over when it was rotated, after the overlap', async () => {
    const { keys, clock } = await keysOf()
    const old = await stay(keys, await keys.add({ role: 'console' }))
    const [key] = await keys.list()
    const fresh = await stay(keys, await keys.rotate(key!.key, { overlap: 60_000 }))
    await clock.advance(59_999)
    expect([await old(), await fresh()]).toEqual([true, true])
    await clock.advance(1)
    expect([await old(), await fresh()]).toEqual([false, true])
  })

  test('is not over because its file cannot be read', async () => {
    const { keys, folder } = await keysOf()
    const valid = await stay(keys, await keys.add({ role: 'console' }))
    await rm(folder, { recursive: true })
    cleanups.pop()
    await expect(valid()).rejects.toMatchObject({ code: 'failed' })
  })
})
