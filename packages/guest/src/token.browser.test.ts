import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { atDoor, type AtDoor } from '../../client/test/at-door.js'
import type { TokenOf } from '../../client/test/door.js'
import { answers } from '../test/answers.js'
import { createGuest, type Guest } from './index.js'

// A page can be a guest, too, and bring its token to a real host. Each refusal there, and that nobody sees a token.

let door: AtDoor
beforeEach(async () => {
  door = await atDoor()
})
afterEach(() => door.leave())

function join(id: string, token: TokenOf | undefined, at = door): Guest {
  const backoff = { base: 1, cap: 20 }
  const options = { info: answers, action: 'unsupported', backoff, token: token && at.tokens[token] } as const
  return at.watch(createGuest(`${at.url}/join/${id}`, options))
}

const opened = (guest: Guest) => vi.waitFor(() => expect(guest.state).toBe('open'), { interval: 5 })

const ended = (guest: Guest) => vi.waitFor(() => expect(guest.state).toBe('closed'), { interval: 5 })

test('with its token it is in', async () => {
  await opened(join('alpha', 'alpha'))
  expect(await door.seen()).toEqual({ dials: 1, asked: ['guest alpha'], errors: [] })
})

describe.each<[string, string, TokenOf | undefined, number, RegExp]>([
  ['no token', 'alpha', undefined, 4401, /no token came with this connection; get one and send it/],
  ['a wrong token', 'alpha', 'wrong', 4401, /not valid, or was revoked; get a new one and send it/],
  ['an expired token', 'alpha', 'expired', 4401, /this token expired on \S+; get a new one and send it/],
  ['a console’s token', 'alpha', 'full', 4403, /this token is not for a guest; get one that is/],
  ['another guest’s token', 'beta', 'alpha', 4403, /this token is for guest alpha alone; join under that id/],
  ['the id of one that is there', 'other', 'alpha', 4403, /this token is for guest alpha alone/],
])('%s', (_, id, token, closeCode, message) => {
  test('refuses it for good: it hears why, and dials no more', async () => {
    const guest = join(id, token)
    await ended(guest)
    expect(door.errorsOf(guest)).toMatchObject([
      { code: 'refused', closeCode, remote: true, message: expect.stringMatching(message) },
    ])
    // It would have dialled again by the time that another came in.
    await opened(join('alpha', 'alpha'))
    expect(await door.seen()).toMatchObject({ dials: 2, errors: [] })
  })
})

test('of a foreign Origin it is told so, by the code that ends it, whatever its token', async () => {
  const foreign = await atDoor('foreign')
  const guest = join('alpha', 'alpha', foreign)
  await ended(guest)
  expect(foreign.errorsOf(guest)).toMatchObject([
    { code: 'refused', closeCode: 4403, message: expect.stringContaining('option "origins" can allow it') },
  ])
  expect(await foreign.seen()).toEqual({ dials: 1, asked: [], errors: [] })
  await foreign.leave()
})

test('after ten failed attempts a right token waits: it hears why, and dials on with backoff', async () => {
  await Promise.all(Array.from({ length: 10 }, () => ended(join('alpha', 'wrong'))))
  const guest = join('alpha', 'alpha')
  await vi.waitFor(() => expect(door.errorsOf(guest).length).toBeGreaterThan(2), { interval: 5 })
  for (const error of door.errorsOf(guest)) {
    expect(error).toMatchObject({
      code: 'connection_lost',
      closeCode: 4429,
      message: expect.stringContaining('too many failed attempts from this address; wait a minute'),
    })
  }
  expect(guest.state).toBe('connecting')
})
