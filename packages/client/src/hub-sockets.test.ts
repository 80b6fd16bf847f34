import { createGuest, type GuestOptions } from '@guestool/guest'
import { createHost } from '@guestool/server'
import { afterEach, expect, test } from 'vitest'
import { answers } from '../../guest/test/answers.js'
import { contract } from '../test/contract.js'
import { createHub, type ContractTypes } from './index.js'

// Real sockets, a real host, real guests.

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

type Info = GuestOptions<ContractTypes<typeof contract>>['info']
const info = { ...answers, flaky: () => null } as const

test.each([1, 2] as const)('a hub in revision %i asks all guests, and hears them', async (revision) => {
  const host = createHost({ contract, history: false })
  const { url } = await host.listen(0)
  cleanups.push(() => host.close())
  const join = async (id: string, own: Partial<Info>) => {
    const guest = createGuest(`${url}/join/${id}`, {
      contract,
      info: { ...info, ...own },
      action: {
        'matcher/list': 'unsupported',
        'matcher/info': 'unsupported',
        'matcher/hack': 'unsupported',
        'matcher/remove': 'unsupported',
        cut: 'unsupported',
        emit: ({ bot }) => {
          guest.emit('bot_online', { bot })
          return null
        },
      },
    })
    cleanups.push(() => guest.close())
    await new Promise<void>((resolve) => guest.on('state', (state) => state === 'open' && resolve()))
    return guest
  }
  await join('alpha', {})
  await join('silent', { cpu: () => new Promise<never>(() => undefined) })
  await join('without', { cpu: 'unsupported' })
  const hub = createHub(url, { contract, revision })
  cleanups.push(() => hub.close())
  const left = new Promise((resolve) => hub.onEvent('guest_left', ({ id }) => resolve(id)))
  await hub.guests()
  const departed = await join('departed', {})
  await departed.close()
  expect(await left).toBe('departed')
  const verdicts = await hub.fleet.info('cpu', 0, {
    timeout: 500,
    filter: ({ state }) => state !== 'gone',
  })
  expect(verdicts.map((verdict) => [verdict.guest, verdict.ok || verdict.error.code])).toEqual([
    ['alpha', true],
    ['silent', 'timeout'],
    ['without', 'unsupported'],
  ])
  await expect(hub.guest('departed').info('cpu')).rejects.toMatchObject({ code: 'gone', guest: 'departed' })
  const heard = new Promise((resolve) => hub.fleet.onEvent('bot_online', (data, id) => resolve([id, data])))
  await hub.info('hub')
  await hub.guest('alpha').action('emit', '你好')
  expect(await heard).toEqual(['alpha', { bot: '你好' }])
})
