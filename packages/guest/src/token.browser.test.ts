import { expect, inject, test } from 'vitest'
import { answers } from '../test/answers.js'
import { createGuest, type Guest } from './index.js'

// A page can be a guest, too, and bring its token to a real host.

const secret = 's3cret-~!'

async function dial(token: string): Promise<Guest> {
  const response = await fetch(`http://${inject('harness')}/host?open&token=${secret}`)
  const { url } = (await response.json()) as { url: string }
  return createGuest(`${url}/join/beta`, { info: answers, action: 'unsupported', token })
}

test('with its token it is in', async () => {
  const guest = await dial(secret)
  await new Promise((resolve) => guest.on('state', resolve))
  expect(guest.state).toBe('open')
  await guest.close()
})

test('with a wrong one it is refused for good', async () => {
  const guest = await dial('guessed')
  const error = await new Promise((resolve) => guest.on('error', resolve))
  expect(error).toMatchObject({ code: 'refused', closeCode: 4401 })
  expect(String(error)).not.toContain('guessed')
  expect(guest.state).toBe('closed')
})
