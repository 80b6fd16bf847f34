import { newOpid } from '@guestool/core'
import { readFrame } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { cleanUp, enter, victim } from './attack.test.kit.js'

// An opid names a request on its connection alone, and a guest is given one that no console knows.

afterEach(cleanUp)

test('a guest answers the request of another: nobody believes it', async () => {
  const { host, url } = await victim({ share: false })
  const [alpha, evil] = [await enter(`${url}/join/alpha`), await enter(`${url}/join/evil`)]
  const console = await enter(`${url}/guests`)
  const asked = console.ask('/guests/alpha/info/mine')
  const opid = String(readFrame(await alpha.next()).opid)
  for (const opnm of [
    '/event/report/info',
    '/guests/alpha/event/report/info',
    '/event/reject',
    '/event/mine',
  ])
    evil.send(opnm, { from: 'evil', code: 'failed', error: 'evil' }, opid)
  await evil.ask('/greet/hello')
  expect(evil.texts.map((text) => readFrame(text).opct)).toEqual([
    expect.objectContaining({ code: 'unknown_opid' }),
  ])
  alpha.send('/event/report/info', { from: 'alpha' }, opid)
  expect(await asked).toMatchObject({ opct: { from: 'alpha' } })
  expect(console.texts).toEqual([])
  expect(host.counts.guestFrames).toMatchObject({ late: 0, malformed: 0 })
})

test('a console that uses the opid of another hears of its own request only', async () => {
  const { url } = await victim({ share: false })
  const alpha = await enter(`${url}/join/alpha`)
  const [one, two] = [await enter(`${url}/guests`), await enter(`${url}/guests/alpha`)]
  const opid = newOpid()
  const first = one.ask('/guests/alpha/info/mine', { who: 1 }, opid)
  const second = two.ask('/info/mine', { who: 2 }, opid)
  const requests = [readFrame(await alpha.next()), readFrame(await alpha.next())]
  // Neither is what the consoles chose, so that neither can be guessed.
  expect(requests.filter((request) => request.opid === opid)).toEqual([])
  // It tries to answer, to reject and to end what is not its own.
  for (const { opid: other } of requests) {
    two.send('/event/report/info', { who: 'evil' }, String(other))
    two.send('/event/reject', { code: 'failed', error: 'evil' }, String(other))
  }
  await two.ask('/greet/hello')
  for (const { opid: own, opct } of requests) alpha.send('/event/report/info', opct, String(own))
  expect(await first).toMatchObject({ opct: { who: 1 } })
  expect(await second).toMatchObject({ opct: { who: 2 } })
  expect(one.texts).toEqual([])
})

test('opids that are answered, that were of an older connection, or are none, are good for nothing', async () => {
  const { host, url } = await victim({ share: false })
  const console = await enter(`${url}/guests/alpha`)
  const before = await enter(`${url}/join/alpha`)
  const lost = console.ask('/info/mine', { n: 0 })
  const old = String(readFrame(await before.next()).opid)
  before.socket.close(1000)
  expect(await lost).toMatchObject({ opct: { code: 'gone' } })
  const alpha = await enter(`${url}/join/alpha`)
  const asked = console.ask('/info/mine', { n: 1 })
  const opid = String(readFrame(await alpha.next()).opid)
  for (const text of [old, opid.toUpperCase(), ` ${opid}`, '__proto__', '', '0'.repeat(36), `${opid}\0`])
    alpha.send('/event/report/info', { n: 'evil' }, text)
  alpha.send('/event/report/info', { n: 1 }, opid)
  expect(await asked).toMatchObject({ opct: { n: 1 } })
  for (let i = 0; i < 100; i++) alpha.send('/event/report/info', { n: 'again' }, opid)
  await alpha.ask('/greet/hello')
  expect(console.texts).toEqual([])
  expect(host.counts.guestFrames.duplicate).toBe(100)
  expect(alpha.texts.filter((text) => text.includes(opid))).toEqual([])
})

test('a console that repeats a request has it carried out once', async () => {
  const { url } = await victim({ share: false })
  const alpha = await enter(`${url}/join/alpha`)
  const console = await enter(`${url}/guests/alpha`)
  const opid = newOpid()
  for (let i = 0; i < 50; i++) console.send('/action/mine', {}, opid)
  const { opid: own } = readFrame(await alpha.next())
  alpha.send('/event/report/action', { n: 1 }, String(own))
  expect(await console.next()).toContain('"n":1')
  for (let i = 0; i < 50; i++) console.send('/action/mine', {}, opid)
  await console.ask('/greet/hello')
  expect([...alpha.texts, ...console.texts]).toEqual([])
})
