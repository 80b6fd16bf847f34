import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { answering, cleanUp, dial, enter, victim } from './attack.test.kit.js'

afterEach(cleanUp)

const hello = '/greet/hello'

test('who claims the id of a guest that lives is closed with 4409, however often, and hears nothing', async () => {
  const { host, url } = await victim()
  await answering(`${url}/join/alpha`)
  const holder = host.guest('alpha')
  const thieves = [...Array(20)].map(() => dial(`${url}/join/alpha`))
  for (const { opened } of thieves) await opened
  for (const thief of thieves) {
    thief.send(hello)
    thief.send('/event/bot_online', { bot: 'evil' })
    thief.send('/event/report/info', { system: 666 })
  }
  const codes = (await Promise.all(thieves.map(({ closed }) => closed))).map(({ code }) => code)
  // Eight wait while one is asked about; those beyond are too many.
  expect(codes.filter((code) => code !== 4409 && code !== 4429)).toEqual([])
  expect(codes.filter((code) => code === 4409)).toHaveLength(9)
  expect(thieves.flatMap(({ texts }) => texts)).toEqual([])
  expect(host.guest('alpha')).toBe(holder)
  expect(await holder?.info('time')).toMatchObject({ system: 10 })
})

test('a holder that is frozen loses its id after two seconds, and takes nothing back when it thaws', async () => {
  const clock = new VirtualClock()
  const { host, url } = await victim({ clock, share: false })
  const frozen = await enter(`${url}/join/alpha`)
  const console = await enter(`${url}/guests/alpha`)
  console.send('/info/mine', { n: 1 })
  const asked = String(readFrame(await frozen.next()).opid)
  frozen.socket.pause()
  const successor = dial(`${url}/join/alpha`)
  await successor.opened
  successor.send(hello)
  const echoed = successor.next()
  let said = await Promise.race([echoed, setImmediate('')])
  while (said === '') {
    await clock.advance(100)
    said = await Promise.race([echoed, setImmediate('')])
  }
  const holder = host.guest('alpha')
  expect(await console.next()).toContain('"gone"')
  // What it says late is nobody's, and its late end is its own.
  frozen.send('/event/report/info', { n: 'late' }, asked)
  frozen.send('/event/bot_online', { bot: 'late' })
  const thawed = once(frozen.socket, 'close')
  frozen.socket.resume()
  expect(await thawed).toMatchObject([4409, expect.anything()])
  for (let turn = 0; turn < 10; turn++) await setImmediate()
  expect(host.guest('alpha')).toBe(holder)
  const again = console.ask('/info/mine', { n: 2 })
  const { opid } = readFrame(await successor.next())
  successor.send('/event/report/info', { n: 2 }, String(opid))
  expect(await again).toMatchObject({ opct: { n: 2 } })
  expect(console.texts).toEqual([])
})
