import { fileURLToPath } from 'node:url'
import { createHub } from '@guestool/client'
import { createHost } from '@guestool/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run, Running } from '../running.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** A host, the platform, the bot that is a guest of one and a client of the other, and a console that asks it. */
async function start() {
  const host = createHost()
  onTestFinished(() => host.close())
  const { url } = await host.listen(0)
  const platform = run(import.meta.url, 'platform.mjs', '0')
  const at = (await platform.address()).origin
  const env = { GUEST_CONNECTION_HOSTURL: `${url}/join/echo`, ONEBOT_URL: at }
  const bot = new Running(process.execPath, [fileURLToPath(new URL('bot.mjs', import.meta.url))], env)
  await bot.sees(/guest: open/)
  await bot.sees(/bot 10001: online/)
  const hub = createHub(url)
  onTestFinished(() => hub.close())
  return { platform, at, bot, echo: hub.guest('echo') }
}

test('a console sees the counters of what happened', async () => {
  const { platform, echo } = await start()
  expect(await echo.info('bots')).toEqual(['10001'])
  const connectedAt = (await echo.info('bots_connect_time'))['10001'] ?? 0
  expect(Math.abs(Date.now() / 1000 - connectedAt)).toBeLessThan(30)
  expect(await echo.info('recv_events')).toEqual({ '10001': { 'meta_event.lifecycle': 1 } })
  expect(await echo.info('apicall')).toEqual({ '10001': {} })

  platform.write('good morning\n/echo hello\nhow is everybody\n/echo 再见\n')
  await platform.sees(/bot: hello\nbot: 再见\n/)
  expect(platform.output.match(/^bot: /gm)).toHaveLength(2)
  const counted = { 'meta_event.lifecycle': 1, 'message.group': 4 }
  expect(await echo.info('recv_events')).toEqual({ '10001': counted })
  expect(await echo.info('apicall')).toEqual({ '10001': { send_group_msg: 2 } })
})

test('a platform that goes away and comes back: the bot is gone, then back, and its counts go on', async () => {
  const { platform, at, bot, echo } = await start()
  platform.write('/echo one\n')
  await platform.sees(/bot: one/)
  platform.signal('SIGKILL')
  await bot.sees(/bot 10001: offline/)
  expect(await echo.info('bots')).toEqual([])
  expect(await echo.info('apicall')).toEqual({ '10001': { send_group_msg: 1 } })

  const again = run(import.meta.url, 'platform.mjs', new URL(at).port)
  await bot.sees(/offline[^]*online/)
  again.write('/echo two\n')
  await again.sees(/bot: two/)
  expect(await echo.info('bots')).toEqual(['10001'])
  expect(await echo.info('recv_events')).toEqual({
    '10001': { 'meta_event.lifecycle': 2, 'message.group': 2 },
  })
  expect(await echo.info('apicall')).toEqual({ '10001': { send_group_msg: 2 } })
})
