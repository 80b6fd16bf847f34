import { setImmediate } from 'node:timers/promises'
import { limits, newOpid } from '@guestool/core'
import { frame } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { answering, bystanders, cleanUp, enter, victim, type Line } from './attack.test.kit.js'

afterEach(cleanUp)

/** Asks for so many infos at once, none like another. */
function flood({ socket }: Line, guest: string, count: number): void {
  for (let i = 0; i < count; i++) socket.send(frame(newOpid(), `${guest}/info/mine`, { i }))
}

const busy = (text: string) => text.includes('"code":"busy"')

test('a console that asks more than it may is told busy, at once, and again when the first are answered', async () => {
  const { host, url } = await victim({ maxPending: 8 })
  const { served } = await bystanders({ host, url })
  const silent = await enter(`${url}/join/alpha`)
  const console = await enter(`${url}/guests/alpha`)
  flood(console, '', 50)
  for (let i = 0; i < 42; i++) expect(await console.next()).toMatch(/"busy"/)
  const asked = [...Array(8)].map(async () => JSON.parse(await silent.next()) as { opid: string })
  for (const { opid } of await Promise.all(asked)) silent.send('/event/report/info', {}, opid)
  for (let i = 0; i < 8; i++) expect(await console.next()).not.toMatch(/"busy"/)
  flood(console, '', 1)
  expect(await silent.next()).toContain('/info/mine')
  await served()
})

test('consoles that ask all that a host can have on its way leave room for those who ask little', async () => {
  // They may ask as fast as they can: it is about how much.
  const { host, url } = await victim({ messagesPerSecond: Infinity })
  const { served } = await bystanders({ host, url })
  const silent = await enter(`${url}/join/alpha`)
  silent.socket.removeAllListeners('message')
  const consoles = await Promise.all([...Array(5)].map(() => enter(`${url}/guests`)))
  const counts = [...Array(4)].map(() => limits.hubPending)
  for (const [i, console] of consoles.entries()) flood(console, '/guests/alpha', counts[i] ?? 1_000)
  // Each has been let in, and so was one who is nobody's enemy.
  const refused = (): number => host.counts.consoleFrames.sent - consoles.length - 2
  // All but what each may ask anyway.
  while (refused() < 1_000 - consoles.length * limits.reservedPending) await setImmediate()
  await served()
  const late = await enter(`${url}/guests`)
  expect(await late.ask('/guests/bystander/info/time')).toMatchObject({ opct: { system: 10 } })
  const texts = consoles.flatMap((console) => console.texts)
  expect(texts.filter((text) => !busy(text))).toEqual([])
  expect(texts.length).toBeLessThanOrEqual(1_000)
  // With those who asked goes what they asked.
  for (const { socket } of consoles) socket.terminate()
  while (host.counts.consoles > 2) await setImmediate()
  await answering(`${url}/join/beta`)
  flood(late, '/guests/beta', 2 * limits.reservedPending)
  for (let i = 0; i < 2 * limits.reservedPending; i++) expect(await late.next()).not.toMatch(/"busy"/)
})
