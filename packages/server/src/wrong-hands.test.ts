import { createClient, createHub } from '@guestool/client'
import { guestool, isGuestoolError, newOpid, revision1, revision2, type Contract } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { hello, HostStage, time } from './stage.test.kit.js'

// Nothing that a console asked for, gave up, or asked too late for ever ends in other hands: every call carries a mark
// that its guest gives back, and whoever hears another one than its own has heard somebody else's answer. A guest also
// says which of its connections answers, and how often it had been touched when it was asked: nobody hears what an
// earlier connection said, nor what was so before a touch that was answered already.

const marked = { params: z.object({ mark: z.string() }), result: z.looseObject({ mark: z.string() }) }
const contract = guestool.extend({
  info: { own: marked, alone: { ...marked, exclusive: true } },
  action: { touch: marked },
})
type Own = typeof contract extends Contract<infer S> ? S : never

const ids = ['alpha', 'beta'] as const

/** What a call is for. Equal ones are asked with a mark that others use as well, and may share an answer. */
type What = 'own' | 'alone' | 'touch' | 'equal' | 'equally alone'

type Step =
  | {
      readonly do: 'ask'
      readonly who: number
      readonly guest: number
      readonly what: What
      readonly timeout: number
    }
  | { readonly do: 'cancel'; readonly call: number }
  | {
      readonly do: 'answer' | 'refuse' | 'break'
      readonly guest: number
      readonly request: number
    }
  | { readonly do: 'repeat' | 'join' | 'leave' | 'mute'; readonly guest: number }
  | { readonly do: 'depart'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }

const guest = fc.constantFrom(0, 0, 0, 1)
const who = fc.nat(4)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 18,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      who,
      guest,
      what: fc.constantFrom<What>(
        'own',
        'own',
        'alone',
        'touch',
        'touch',
        'equal',
        'equal',
        'equal',
        'equally alone',
      ),
      timeout: fc.constantFrom(60_000, 60_000, 5_000, 100),
    }),
  },
  {
    weight: 11,
    arbitrary: fc.record({ do: fc.constant('answer' as const), guest, request: fc.nat(20) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('refuse' as const, 'break' as const),
      guest,
      request: fc.nat(20),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), call: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat' as const), guest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), guest }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mute' as const), guest }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('depart' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 1, 90, 90, 2_000, 2_000, 5_000, 12_000, 60_000),
    }),
  },
)

/** A request as a guest has it before it. */
interface Request {
  readonly opid: string
  readonly kind: 'info' | 'action'
  readonly mark: string
  readonly touched: number
}

/** What a guest says. */
const said = z.object({ mark: z.string(), by: z.string(), born: z.number(), touched: z.number() })
type Said = z.infer<typeof said>

/** One connection of a guest, which answers when it is told to, and as many times. */
class Line {
  readonly peer: Peer
  /** Not answered yet, and answered: also of connections of this guest before. */
  readonly waiting: Request[]
  readonly answered: Request[]
  readonly #words
  readonly #id: string
  readonly born: number
  readonly #past: { touched: number }
  muted = false
  over = false

  constructor(peer: Peer, id: string, born: number, before: Line | undefined) {
    this.peer = peer
    this.#id = id
    this.born = born
    this.#past = before === undefined ? { touched: 0 } : before.#past
    const revision = born % 2 === 0 ? 1 : 2
    this.#words = revision === 1 ? revision1 : revision2
    // Requests of the last connection are replied to on this one, where nobody knows them.
    this.waiting = [...(before?.waiting ?? [])]
    this.answered = [...(before?.answered ?? [])]
    void peer.ended.then(() => (this.over = true))
  }

  get hello(): string {
    return this.#words.hello
  }

  /** Reads what it was asked. Whether it lives it says at once, unless it is mute. */
  read(): void {
    for (const text of this.peer.waiting.splice(0)) {
      const { opid, opnm, opct } = readFrame(text)
      const request = this.#words.readRequest({ opid: String(opid), opnm: String(opnm), opct })
      if (request === undefined) continue
      const { kind, name, params } = request
      if (name !== 'time') this.#asked(String(opid), kind, markIn(params))
      else if (!this.muted) this.#send(String(opid), this.#words.reply('info'), time)
    }
  }

  answer({ opid, kind, mark, touched }: Request): void {
    const content: Said = { mark, by: this.#id, born: this.born, touched }
    this.#send(opid, this.#words.reply(kind), content)
  }

  refuse({ opid, kind, mark }: Request): void {
    const { opnm, opct } = this.#words.failure(kind, 'busy', `mark ${mark} by ${this.#id}`)
    this.#send(opid, opnm, opct)
  }

  /** As a Python guest writes what it cannot. */
  break({ opid }: Request): void {
    if (!this.over) this.peer.send(`{"opid": "${opid}", "opnm": "/info", "opct": NaN}`)
  }

  #asked(opid: string, kind: 'info' | 'action', mark: string): void {
    if (kind === 'action') this.#past.touched++
    this.waiting.push({ opid, kind, mark, touched: this.#past.touched })
  }

  #send(opid: string, opnm: string, opct: unknown): void {
    if (!this.over) this.peer.send(frame(opid, opnm, opct))
  }
}

function markIn(content: unknown): string {
  return String((content as { mark?: unknown } | null)?.mark)
}

/** A call, and the least that its answer must know. */
interface Call {
  readonly id: string
  readonly mark: string
  readonly kind: 'info' | 'action'
  readonly born: number
  readonly touched: number
}

/** What a raw console asked, and what came for it. */
interface Sent extends Call {
  readonly answers: string[]
}

class World {
  readonly #stage: HostStage<Own>
  readonly #lines = new Map<string, Line>()
  readonly #all: Line[] = []
  readonly #aborts: AbortController[] = []
  readonly #raws: { peer: Peer; fixed: boolean; revision: 1 | 2; sent: Map<string, Sent> }[] = []
  readonly #hub
  readonly #clients
  readonly #dialled: (() => void)[] = []
  /** Of each guest, how often it was touched, as somebody was told. */
  readonly #touched = new Map<string, number>()
  #marks = 0
  #open = 0
  /** Calls that ended well, and all calls. */
  good = 0
  calls = 0
  readonly wrong: string[] = []

  constructor(share: boolean) {
    this.#stage = new HostStage(contract, { share })
    const { clock } = this.#stage
    this.#hub = createHub('ws://localhost', { contract, clock, dial: this.#dial('/guests'), revision: 2 })
    this.#clients = ids.map((id) =>
      createClient(`ws://localhost/guests/${id}`, { contract, clock, dial: this.#dial(`/guests/${id}`) }),
    )
  }

  async begin(): Promise<void> {
    for (const [i] of ids.entries()) await this.#join(i)
    await this.#visit(0, '/guests', 1)
    await this.#visit(1, '/guests', 2)
    await this.#visit(2, '/guests/alpha', 2)
  }

  async step(next: Step): Promise<void> {
    const line = 'guest' in next ? this.#lines.get(ids[next.guest] ?? '') : undefined
    switch (next.do) {
      case 'ask':
        this.#ask(next)
        break
      case 'cancel':
        this.#aborts.at(-1 - next.call)?.abort()
        break
      case 'answer':
      case 'refuse':
      case 'break': {
        const [request] = line?.waiting.splice(next.request % line.waiting.length || 0, 1) ?? []
        if (request === undefined || line === undefined) break
        line.answered.push(request)
        line[next.do](request)
        break
      }
      case 'repeat':
        for (const request of line?.answered.slice(-3) ?? []) line?.answer({ ...request, mark: 'repeated' })
        break
      case 'join':
        await this.#join(next.guest)
        break
      case 'leave':
        if (line?.over === false) line.peer.close(1001, 'off')
        break
      case 'mute':
        if (line !== undefined) line.muted = !line.muted
        break
      case 'depart':
        await this.#depart(next.who)
        break
      case 'wait':
        await this.#wait(next.ms)
    }
    await this.#settle()
  }

  /** Lets everything end; what is left although nothing may be. */
  async end(): Promise<string[]> {
    await this.#wait(60_000)
    await this.#wait(60_001)
    const open = this.#open
    const closed = Promise.all([this.#hub, ...this.#clients].map((each) => each.close()))
    for (const { peer } of this.#raws) peer.close(1000)
    await this.#wait(2_000)
    await closed
    for (const sent of this.#raws.flatMap((raw) => [...raw.sent.values()]))
      if (sent.answers.length > 1) this.wrong.push(`${sent.mark} has ${sent.answers.length} answers`)
    return [
      ...this.wrong,
      ...(open === 0 ? [] : [`${open} calls never ended`]),
      ...this.#stage.errors.map(String),
      ...(await this.#stage.leftovers()),
    ]
  }

  #ask({ who: asker, guest: at, what, timeout }: Step & { do: 'ask' }): void {
    const id = ids[at] ?? 'alpha'
    const mark = what.startsWith('equal') ? `equal ${this.#marks % 2}` : `mark ${this.#marks}`
    this.#marks++
    const kind = what === 'touch' ? 'action' : 'info'
    const born = this.#lines.get(id)?.born ?? 0
    const asked: Call = { id, mark, kind, born, touched: this.#touched.get(id) ?? 0 }
    const name = what === 'equal' ? 'own' : what === 'equally alone' ? 'alone' : what
    const client = [this.#hub.guest(id), this.#clients[at]][asker]
    if (client === undefined) return this.#askRaw(asker - 2, name, asked)
    const abort = new AbortController()
    this.#aborts.push(abort)
    const options = { signal: abort.signal, timeout }
    const call =
      name === 'touch' ? client.action(name, { mark }, options) : client.info(name, { mark }, options)
    this.calls++
    this.#open++
    void call.then(
      (result) => this.#ended(asked, JSON.stringify(result), this.#fits(asked, result)),
      (error: unknown) => {
        const text = String(error)
        // An error that the guest itself told has its mark.
        const busy = isGuestoolError(error) && error.code === 'busy' && text.includes('mark ')
        const fits = isGuestoolError(error) && (!busy || text.endsWith(`mark ${mark} by ${id}`))
        this.#ended(asked, text, fits, false)
      },
    )
  }

  /** Whether a guest may have said this to that call. */
  #fits({ id, mark, kind, born, touched }: Call, result: unknown): boolean {
    const { data } = said.safeParse(result)
    if (data === undefined) return false
    if (kind === 'action') this.#touched.set(id, Math.max(this.#touched.get(id) ?? 0, data.touched))
    return data.mark === mark && data.by === id && data.born >= born && data.touched >= touched
  }

  #ended({ id, mark }: Call, text: string, fits: boolean, good = true): void {
    this.#open--
    if (good) this.good++
    if (!fits) this.wrong.push(`${mark} of ${id} got ${text}`)
  }

  #askRaw(index: number, name: string, asked: Call): void {
    const { id, kind, mark } = asked
    const raw = this.#raws[index]
    if (raw === undefined || (raw.fixed && id !== 'alpha')) return
    const words = raw.revision === 1 ? revision1 : revision2
    const { opnm, opct } = words.request(kind, name, { mark })
    const opid = newOpid()
    raw.sent.set(opid, { ...asked, answers: [] })
    this.calls++
    raw.peer.send(frame(opid, raw.fixed ? opnm : `/guests/${id}${opnm}`, opct))
  }

  #readRaw(): void {
    for (const { peer, fixed, sent } of this.#raws) {
      for (const text of peer.waiting.splice(0)) {
        const { opid, opnm, opct } = readFrame(text)
        if (JSON.stringify([opnm, opct]).includes('guest_')) continue
        const asked = sent.get(String(opid))
        if (asked === undefined) {
          this.wrong.push(`nobody asked for ${text}`)
          continue
        }
        asked.answers.push(text)
        const { mark, id, born } = asked
        const prefix = fixed ? '' : `/guests/${id}`
        // Nobody asks for it again, so that it is answered by the connection that was asked.
        const good = this.#fits(asked, opct) && said.parse(opct).born === born
        if (good) this.good++
        const refused =
          text.includes('"code":') && (!text.includes('mark ') || text.includes(`mark ${mark} by ${id}"`))
        if (!(good || refused) || !String(opnm).startsWith(`${prefix}/`))
          this.wrong.push(`${mark} of ${id} got ${text}`)
      }
    }
  }

  async #join(at: number): Promise<void> {
    const id = ids[at] ?? 'alpha'
    const before = this.#lines.get(id)
    const line = new Line(this.#stage.peer(`/join/${id}`), id, this.#all.length, before)
    this.#all.push(line)
    await line.peer.ready
    line.peer.send(frame(newOpid(), line.hello, {}))
    // The holder is asked whether it lives; if it does, the newcomer is the one that is closed.
    await this.#settle()
    await this.#wait(2_000)
    if (!line.over) this.#lines.set(id, line)
  }

  async #visit(index: number, url: string, revision: 1 | 2): Promise<void> {
    const peer = this.#stage.peer(url)
    await hello(peer, revision)
    const fixed = url !== '/guests'
    // What the console before it asked is not this one's, and would be seen.
    this.#raws[index] = { peer, fixed, revision, sent: new Map() }
  }

  /** A console leaves, or its connection breaks; another one comes. */
  async #depart(index: number): Promise<void> {
    const raw = this.#raws[index - 2]
    if (raw === undefined) return this.#dialled[index]?.()
    raw.peer.close(1000)
    await this.#settle()
    await this.#visit(index - 2, raw.fixed ? '/guests/alpha' : '/guests', raw.revision)
  }

  #dial(url: string) {
    const dial = this.#stage.dial(url)
    const index = this.#dialled.push(() => undefined) - 1
    return ((receiver) => {
      const transport = dial(receiver)
      const { pair } = this.#stage
      this.#dialled[index] = () => pair.kill()
      return transport
    }) satisfies typeof dial
  }

  async #wait(ms: number): Promise<void> {
    // In pieces, so that guests can say in time that they live.
    for (let left = ms; left > 0; left -= 1_000) {
      await this.#stage.clock.advance(Math.min(left, 1_000))
      await this.#settle()
    }
  }

  async #settle(): Promise<void> {
    await this.#stage.clock.settle()
    for (const line of this.#all) line.read()
    await this.#stage.clock.settle()
    this.#readRaw()
  }
}

describe.each([true, false])('shared answers: %s', (share) => {
  test.each([1, 2, 3, 4])(
    'no answer in the wrong hands, seed %i',
    async (seed) => {
      let calls = 0
      let good = 0
      const life = async (steps: readonly Step[]): Promise<void> => {
        const world = new World(share)
        await world.begin()
        for (const next of steps) await world.step(next)
        expect(await world.end()).toEqual([])
        calls += world.calls
        good += world.good
      }
      const steps = fc.array(step, { minLength: 100, maxLength: 150, size: 'max' })
      await fc.assert(fc.asyncProperty(steps, life), { seed, numRuns: 16, endOnFailure: true })
      // It is about calls that end in all ways, not about a host that refuses them all.
      expect(calls).toBeGreaterThan(100)
      expect(good).toBeGreaterThan(calls / 10)
    },
    60_000,
  )
})
