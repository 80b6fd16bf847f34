import { createHub } from '@guestool/client'
import { guestool, webSocketDial } from '@guestool/core'
import { createGuest, type GuestOptions } from '@guestool/guest'
import { memoryPair, PythonGuest, VirtualClock, type PythonGuestOptions } from '@guestool/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { guesting, hosting, present, python, steady } from '../hosts.test.kit.js'
import type { Patience } from './infos.js'
import { openContract, visitThroughHub } from './through-hub.js'
import { visit, type VisitOptions } from './visit.js'
import { WaitingRoom } from './waiting-room.js'
import { Wire } from './wire.js'

vi.setConfig({ testTimeout: 40_000 })

/** Long enough for a busy machine where an answer is expected, short where none is. */
const patient: Patience = { info: 10_000, quick: 5_000, settle: 50 }
const brief: Patience = { info: 2_000, quick: 400, settle: 50 }

async function room() {
  const opened = await WaitingRoom.open(0, '127.0.0.1')
  onTestFinished(() => opened.close())
  return { room: opened, url: `ws://127.0.0.1:${opened.port}/join/doctor` }
}

/** A guest of this SDK that sees the doctor. */
async function seen(options: Partial<GuestOptions>, how: VisitOptions = {}) {
  const { room: waiting, url } = await room()
  const guest = createGuest(url, {
    info: steady,
    action: 'unsupported',
    backoff: { base: 1, cap: 1 },
    ...options,
  })
  onTestFinished(() => guest.close())
  const wire = await waiting.next(10_000)
  return visit(wire!, { patience: patient, next: () => waiting.next(10_000), ...how })
}

/** The scripted Python guest, which somebody restarts whenever the doctor asks for it. */
async function pythonSeen(how: VisitOptions, options?: Partial<PythonGuestOptions>) {
  const { room: waiting, url } = await room()
  let guest = python(url, options)
  const wire = await waiting.next(10_000)
  return visit(wire!, {
    patience: brief,
    next: async (restarted) => {
      // By itself it never comes.
      if (!restarted) return undefined
      guest.kill()
      guest = python(url, options)
      return waiting.next(10_000)
    },
    ...how,
  })
}

const ids = ({ findings }: { findings: readonly { id: string }[] }) => findings.map(({ id }) => id)

test.each([1, 2] as const)('a guest of this SDK is clean (revision %s)', async (revision) => {
  const chart = await seen({ revision }, { harm: true })
  expect(chart.findings.filter(({ severity }) => severity !== 'note')).toEqual([])
  expect(chart.verdict).toBe('clean')
  expect(ids(chart)).toEqual(revision === 1 ? [] : ['revision-2'])
  expect(chart.notTried.map(({ what }) => what)).toEqual(['an answer that comes after a minute'])
  expect(chart.infos.map(({ info }) => info)).toEqual([...guestool.info.keys()])
  expect(chart.well).toContain('it lives through frames that are no messages')
  expect(chart.well).toContain('an echo of hello may differ by a space')
})

test('the public Python guest is named with its quirks', async () => {
  const chart = await pythonSeen({ harm: true })
  expect(chart.verdict).toBe('quirks')
  expect(ids(chart)).toEqual([
    'revision-2',
    'unknown-info-without-code',
    'unknown-action-without-code',
    'silent-on-wrong-params',
    'takes-wrong-params',
    'silent-on-unknown-operations',
    'reads-names-loosely',
    'answers-copies',
    'dies-of-malformed',
    'never-dials-again',
    'dies-of-binary',
    'needs-exact-echo',
  ])
  const found = (id: string) => chart.findings.find((finding) => finding.id === id)!
  expect(found('dies-of-malformed').seen).toMatch(/^nothing \(""\): after it nothing is answered any more$/)
  expect(found('never-dials-again').seen).toContain('frames that are no messages')
  expect(found('answers-copies').seen).toBe('three requests with one opid had 3 replies')
  expect(found('silent-on-wrong-params').seen).toContain('info cpu {"smptime":"abc"}')
  expect(chart.infos.every(({ answer }) => answer === 'fits')).toBe(true)
  expect(chart.well).toContain('it closes with 1009 at a frame over 1 MiB')
})

test('without --harm it is asked nothing that it cannot take, and let go with bye', async () => {
  const { room: waiting, url } = await room()
  const guest = python(url)
  const wire = await waiting.next(10_000)
  const chart = await visit(wire!, { patience: brief })
  expect(guest.dead).toBe(false)
  expect(await guest.ended).toMatchObject({ code: 1000 })
  expect(chart.well).toContain('it answers bye, and closes')
  expect(chart.notTried.map(({ why }) => why)).toContain('may harm it: --harm')
  expect(ids(chart)).not.toContain('never-dials-again')
})

test('one that is not restarted is not tried further, and that is said', async () => {
  const { room: waiting, url } = await room()
  python(url)
  const wire = await waiting.next(10_000)
  const chart = await visit(wire!, { patience: brief, harm: true, next: async () => undefined })
  expect(ids(chart)).toContain('dies-of-malformed')
  const untried = chart.notTried.filter(({ why }) => why.startsWith('the guest')).map(({ what }) => what)
  expect(untried).toEqual([
    expect.stringContaining('other malformed frames'),
    'a binary frame',
    'a frame over the limit',
    'another echo of hello',
    'bye',
  ])
})

test('on an old Python it is deaf: a fault', async () => {
  const chart = await pythonSeen({ patience: { ...brief, info: 300 } }, { deaf: true })
  expect(ids(chart)).toEqual(['revision-2', 'deaf'])
  expect(chart.verdict).toBe('faults')
})

test('what does not come is a fault, and so is what does not fit', async () => {
  const { room: waiting, url } = await room()
  python(url, {
    silent: ['bots'],
    measure: (info) => (info === 'memory' ? new Map([['mem', 'much']]) : undefined),
  })
  const wire = await waiting.next(10_000)
  const chart = await visit(wire!, { patience: { ...brief, info: 1_500 } })
  const faults = chart.findings.filter(({ severity }) => severity === 'fault')
  expect(faults.map(({ id }) => id)).toEqual(['misfit-memory', 'silent-bots'])
  expect(faults[0]!.seen).toContain('info memory: the reply does not fit the contract: mem: expected object')
})

test('whoever says no hello is told so', async () => {
  const { room: waiting, url } = await room()
  const socket = new WebSocket(url)
  onTestFinished(() => socket.terminate())
  socket.on('open', () => socket.send('{"hello":1}'))
  const closed = new Promise((resolve) => socket.on('close', resolve))
  const chart = await visit((await waiting.next(10_000))!, { patience: brief })
  expect(ids(chart)).toEqual(['no-hello'])
  expect(await closed).toBe(4400)
})

test('processes that are sampled in turn, and an answer after its minute, are seen', async () => {
  const clock = new VirtualClock()
  const pair = memoryPair({ anyCode: true })
  const guest = new PythonGuest(
    (receiver) => {
      pair.dialler.attach(receiver)
      return pair.dialler
    },
    { clock, processes: 84 },
  )
  const wire = new Wire(pair.acceptor, clock)
  pair.acceptor.attach(wire)
  let chart: Awaited<ReturnType<typeof visit>> | undefined
  void visit(wire, { late: true }).then((made) => (chart = made))
  await clock.advance(120_000)
  expect(guest.over?.code).toBe(1000)
  expect(ids(chart!)).toContain('samples-in-turn')
  const late = chart!.findings.find(({ id }) => id === 'answers-late')
  expect(late?.seen).toBe('info all_network_io {"smptime":61} was answered after 61.0 s')
  expect(clock.timers).toBe(0)
})

test('an own guest keeps quiet when it is too late', async () => {
  const clock = new VirtualClock()
  const pair = memoryPair({ anyCode: true })
  const guest = createGuest('ws://doctor/join/alpha', {
    info: {
      ...steady,
      all_network_io: async ({ smptime }) => {
        await new Promise<void>((resolve) => clock.setTimer(resolve, smptime * 1000))
        return []
      },
    },
    action: 'unsupported',
    clock,
    dial: (receiver) => {
      pair.dialler.attach(receiver)
      return pair.dialler
    },
  })
  const wire = new Wire(pair.acceptor, clock)
  pair.acceptor.attach(wire)
  let chart: Awaited<ReturnType<typeof visit>> | undefined
  void visit(wire, { late: true }).then((made) => (chart = made))
  await clock.advance(120_000)
  expect(chart!.well).toContain('it does not send an answer that is too late')
  expect(chart!.verdict).toBe('clean')
  const closed = guest.close()
  await clock.advance(10_000)
  await closed
})

test('a web page is no guest', async () => {
  const { url } = await room()
  const socket = new WebSocket(url, { origin: 'http://127.0.0.1' })
  onTestFinished(() => socket.terminate())
  const said = new Promise((resolve) => socket.on('error', resolve))
  expect(String(await said)).toContain('401')
})

test('a port that is taken is said', async () => {
  const { room: first } = await room()
  await expect(WaitingRoom.open(first.port, '127.0.0.1')).rejects.toThrow(
    /^the doctor cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
  )
})

test.each(['own', 'python'] as const)('through a hub, what can be seen of it is seen: %s', async (kind) => {
  const place = await hosting()
  if (kind === 'own') await guesting(place, 'alpha')
  else python(`${place.url}/join/alpha`)
  await present(place.host, 'alpha')
  const hub = createHub(place.url, { contract: openContract })
  onTestFinished(() => hub.close())
  const { chart, record } = await visitThroughHub(hub, 'alpha', patient)
  expect(record).toMatchObject({ id: 'alpha', state: 'alive' })
  expect(chart.infos.map(({ info }) => info)).toEqual([...guestool.info.keys()])
  expect(ids(chart)).toEqual(
    kind === 'own' ? [] : ['unknown-info-without-code', 'unknown-action-without-code', 'revision-2'],
  )
  expect(chart.verdict).toBe(kind === 'own' ? 'clean' : 'quirks')
})

test('a guest that is not there is not seen', async () => {
  const { url } = await hosting()
  const hub = createHub(url, { contract: openContract })
  onTestFinished(() => hub.close())
  await expect(visitThroughHub(hub, 'alpha', brief)).rejects.toMatchObject({ code: 'gone' })
})

test('the dial of a guest reaches the doctor by any path', async () => {
  const { room: waiting, url } = await room()
  const guest = new PythonGuest(webSocketDial(WebSocket, { url: new URL('/', url).href, maxPayload: 1024 }), {
    clock: new VirtualClock(),
  })
  onTestFinished(() => guest.kill())
  expect(await (await waiting.next(10_000))!.hello(10_000)).toContain('/greet/hello')
})
