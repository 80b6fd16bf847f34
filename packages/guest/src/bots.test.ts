import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { info, MemoryHost } from '../test/memory-host.js'
import type { Guest } from './index.js'

let host: MemoryHost
let guest: Guest
beforeEach(async () => {
  host = new MemoryHost()
  guest = host.guest()
  await host.clock.settle()
})
afterEach(() => host.tidy())

/** What the host hears of the bots. */
async function report(): Promise<Record<string, unknown>> {
  return {
    bots: await host.answerTo('info', 'bots'),
    bots_connect_time: await host.answerTo('info', 'bots_connect_time'),
    recv_events: await host.answerTo('info', 'recv_events'),
    apicall: await host.answerTo('info', 'apicall'),
  }
}

const start = 1_700_000_000

describe('the bots of a guest', () => {
  test('are none at first', async () => {
    expect(await report()).toEqual({ bots: [], bots_connect_time: {}, recv_events: {}, apicall: {} })
  })

  test('connect, receive, call and leave; who left stays in all but the list', async () => {
    guest.bots.connected('10001')
    await host.clock.advance(1_500)
    guest.bots.connected('10002')
    guest.bots.received('10001', 'GroupMessageEvent')
    guest.bots.received('10001', 'GroupMessageEvent')
    guest.bots.received('10001', 'heartbeat')
    guest.bots.called('10001', 'send_msg')
    guest.bots.disconnected('10001')
    guest.bots.disconnected('10009')
    const was = {
      bots: ['10002'],
      bots_connect_time: { 10001: start, 10002: start + 1.5 },
      recv_events: { 10001: { GroupMessageEvent: 2, heartbeat: 1 }, 10002: {} },
      apicall: { 10001: { send_msg: 1 }, 10002: {} },
    }
    expect(await report()).toEqual(was)
    // Back again: a new connect time, and its counts go on.
    await host.clock.advance(8_500)
    guest.bots.connected('10001')
    guest.bots.called('10001', 'send_msg')
    expect(await report()).toEqual({
      ...was,
      bots: ['10002', '10001'],
      bots_connect_time: { 10001: start + 10, 10002: start + 1.5 },
      apicall: { 10001: { send_msg: 2 }, 10002: {} },
    })
  })

  test.each(['你好', '🤖', 'a b\n"c"', '', 'error', 'constructor', 'toString', 'hasOwnProperty', '\ud800'])(
    'may be called %j',
    async (bot) => {
      guest.bots.connected(bot)
      guest.bots.received(bot, bot)
      guest.bots.called(bot, bot)
      guest.bots.called(bot, bot)
      expect(await report()).toEqual({
        bots: [bot],
        bots_connect_time: { [bot]: start },
        recv_events: { [bot]: { [bot]: 1 } },
        apicall: { [bot]: { [bot]: 2 } },
      })
    },
  )

  test('may not be called what no JSON object can safely hold', () => {
    for (const act of [
      () => guest.bots.connected('__proto__'),
      () => guest.bots.received('__proto__', 'heartbeat'),
      () => guest.bots.received('10001', '__proto__'),
      () => guest.bots.called('10001', '__proto__'),
    ])
      expect(act).toThrow(new TypeError('"__proto__" cannot be the name of a bot, an event or an API'))
  })

  test('are answered by handlers of one’s own where they are given', async () => {
    guest = host.guest({ info: { ...info, bots: () => ['my own'], apicall: 'unsupported' } })
    await host.clock.settle()
    guest.bots.connected('10001')
    expect(await host.answerTo('info', 'bots')).toEqual(['my own'])
    expect(await host.answerTo('info', 'apicall')).toMatchObject({ code: 'unsupported' })
    expect(await host.answerTo('info', 'bots_connect_time')).toEqual({ 10001: start })
  })
})
