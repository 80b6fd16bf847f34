import { once } from 'node:events'
import { newOpid } from '@guestool/core'
import { frame, readFrame, VirtualClock } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { cleanUp, dial, join, listening } from './sockets.test.kit.js'
import { time } from './stage.test.kit.js'

// A whole fleet behind a hub, over real sockets; only the host's minutes are a test's.

afterEach(cleanUp)

type Line = Awaited<ReturnType<typeof join>>

/** What the socket of a peer sent by itself has been read by the other end: frames of a connection are in order. */
async function exchanged(socket: WebSocket): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const pong = once(socket, 'pong')
    socket.ping()
    await pong
  }
}

/** Answers what it is asked, each info by its own function; what has none is never answered. */
function serve({ socket }: Line, answers: Record<string, (reply: (result: unknown) => void) => void>): void {
  socket.on('message', (data: Buffer) => {
    const { opid, opnm } = readFrame(data.toString('utf8'))
    const name = /^\/info\/(.+)$/.exec(String(opnm))?.[1] ?? ''
    answers[name]?.((result) => socket.send(frame(String(opid), '/event/report/info', result)))
  })
}

/** Asks over the hub; answers are known by their `opid`, in whatever order they come. */
function asking({ socket }: Line) {
  const waiting = new Map<string, (answer: unknown) => void>()
  const answered = new Map<string, unknown>()
  const events: unknown[] = []
  socket.on('message', (data: Buffer) => {
    const { opid, opnm, opct } = readFrame(data.toString('utf8'))
    const resolve = waiting.get(String(opid))
    if (resolve === undefined) events.push([opnm, opct])
    else resolve(opct)
  })
  return {
    events,
    answered,
    ask(guest: string, name: string): Promise<unknown> {
      const opid = newOpid()
      return new Promise((resolve) => {
        waiting.set(opid, (answer) => {
          if (name !== 'time') answered.set(guest, answer)
          resolve(answer)
        })
        socket.send(frame(opid, `/guests/${guest}/info/${name}`, {}))
      })
    },
    async list(): Promise<unknown> {
      const opid = newOpid()
      const told = new Promise((resolve) => waiting.set(opid, resolve))
      socket.send(frame(opid, '/info/guests', {}))
      const guests = (await told) as { id: string; state: string }[]
      return Object.fromEntries(guests.map(({ id, state }) => [id, state]))
    },
  }
}

test('each guest of a fleet has a verdict of its own, and none waits for another', async () => {
  const clock = new VirtualClock()
  const { url, errors } = await listening({ clock, history: false })
  const console = asking(await join(`${url}/guests`))
  const lives = { time: (reply: (result: unknown) => void) => reply(time) }
  const [fine, slow, silent, deaf, without, left, frozen] = await Promise.all(
    ['fine', 'slow', 'silent', 'deaf', 'without', 'left', 'frozen'].map((id) => join(`${url}/join/${id}`)),
  )
  serve(fine!, { ...lives, bots: (reply) => reply(['1']) })
  let late: (() => void) | undefined
  serve(slow!, { ...lives, bots: (reply) => (late = () => reply(['2'])) })
  serve(silent!, lives)
  serve(without!, { ...lives, bots: (reply) => reply({ error: 'no bots here', code: 'unsupported' }) })
  // Its socket answers pings, but nobody reads what comes; and one whose socket does not even do that.
  frozen!.socket.pause()
  left!.socket.close(1001, 'off')
  await left!.closed

  for (let second = 0; second < 70; second += 5) {
    await clock.advance(5_000)
    await Promise.all(['fine', 'slow', 'silent', 'without'].map((id) => console.ask(id, 'time')))
    await exchanged(deaf!.socket)
  }
  expect(await console.list()).toEqual({
    fine: 'alive',
    slow: 'alive',
    silent: 'alive',
    without: 'alive',
    deaf: 'unresponsive',
    left: 'gone',
    frozen: 'gone',
  })

  const asked = ['slow', 'silent', 'frozen', 'left', 'deaf', 'without', 'fine', 'nobody'].map((id) =>
    console.ask(id, 'bots'),
  )
  await Promise.all(asked.slice(2))
  const gone = { code: 'gone', error: expect.stringContaining('is not connected') }
  expect(Object.fromEntries(console.answered)).toEqual({
    fine: ['1'],
    without: { code: 'unsupported', error: 'no bots here' },
    deaf: { code: 'unresponsive', error: expect.stringContaining('guest deaf') },
    frozen: gone,
    left: gone,
    nobody: gone,
  })

  // Slow is not stuck: it has its minute.
  for (let second = 0; second < 25; second += 5) {
    await clock.advance(5_000)
    await Promise.all(['fine', 'slow', 'silent'].map((id) => console.ask(id, 'time')))
    await exchanged(deaf!.socket)
  }
  late?.()
  expect(await asked[0]).toEqual(['2'])
  // Whoever never answers is never answered for, and harms nobody.
  for (let second = 0; second < 40; second += 5) {
    await clock.advance(5_000)
    await Promise.all(['fine', 'slow', 'silent'].map((id) => console.ask(id, 'time')))
    await exchanged(deaf!.socket)
  }
  expect(console.answered.has('silent')).toBe(false)
  expect(errors).toEqual([])
  const told = console.events.map((event) => JSON.stringify(event))
  expect(told.filter((text) => text.includes('guest_joined'))).toHaveLength(7)
  expect(told.filter((text) => text.includes('guest_left'))).toHaveLength(2)
  expect(told.filter((text) => text.includes('"state":"unresponsive"')).length).toBeGreaterThanOrEqual(1)
})

test('a console of the hub says hello and bye as any other, and a wrong path below it is closed', async () => {
  const { url } = await listening()
  const line = await join(`${url}/guests`)
  const opid = newOpid()
  line.socket.send(frame(opid, '/greet/bye', {}))
  expect(readFrame(await line.next())).toEqual({ opid, opnm: '/greet/bye', opct: {} })
  expect(await line.closed).toMatchObject({ code: 1000 })
  expect(await dial(`${url}/guests/alpha/info`).closed).toMatchObject({ code: 4400 })
})
