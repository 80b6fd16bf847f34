import { newOpid, revision1, revision2 } from '@guestool/core'
import { frame, readFrame, type Peer } from '@guestool/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hello, hostStage } from './stage.test.kit.js'

// Whatever a console of the hub says: it is answered once at most, with the address that it wrote, and a guest is never
// told anything but a request of its own revision.

const plain =
  'guests guests guests alpha alpha beta nobody info info action event own bots cpu hub subscribe hello greet'
const odd = [
  'bye',
  'report',
  'reject',
  '',
  '.',
  '..',
  '%61',
  '*',
  '__proto__',
  'constructor',
  'a b',
  'ä',
  '\u0000',
]
const segment = fc.constantFrom(...plain.split(' '), ...odd, '\ud800', 'x'.repeat(65))
const opnm = fc.oneof(
  { weight: 6, arbitrary: fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('alpha', 'beta', 'nobody', '.a'), fc.array(segment, { maxLength: 3 }))
      .map(([id, parts]) => `/guests/${id}/${parts.join('/')}`),
  },
  { weight: 1, arbitrary: fc.string() },
)
const name = fc.oneof(segment, fc.string())
const opct = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record({ info: name }),
  fc.record({ action: name }),
  fc.record({ info: fc.constant('cpu'), smptime: fc.jsonValue() }),
  fc.record({ guests: fc.oneof(name, fc.jsonValue()), info: fc.constant('guests') }),
  fc.record({ event: name, code: fc.jsonValue() }),
  fc.constant({}),
)

const params = fc.dictionary(fc.oneof(name, fc.constantFrom('smptime', 'info', 'action')), fc.jsonValue(), {
  maxKeys: 2,
})
/** What only just may be asked, in the words of a revision. */
const request = (revision: 1 | 2) =>
  fc
    .record({
      id: fc.constantFrom('alpha', 'beta', 'nobody'),
      kind: fc.constantFrom('info', 'action'),
      name,
      params,
    })
    .map(({ id, kind, name: what, params: given }): [string, unknown] =>
      revision === 1
        ? [`/guests/${id}/${kind}`, { ...given, [kind]: what }]
        : [`/guests/${id}/${kind}/${what}`, given],
    )

/** Answers every request, with who it is; what is no request of its revision is kept. */
function serve(guest: Peer, id: string, revision: 1 | 2, strange: string[]): Set<unknown> {
  const words = revision === 1 ? revision1 : revision2
  const opids = new Set<unknown>()
  for (const text of guest.waiting.splice(0)) {
    const { opid, opnm: said, opct: content } = readFrame(text)
    const asked = words.readRequest({ opid: String(opid), opnm: String(said), opct: content })
    // Whether it lives a host asks by itself.
    const probe = asked?.name === 'time'
    if (asked === undefined || opids.has(opid)) strange.push(text)
    else guest.send(frame(String(opid), words.reply(asked.kind), { by: id }))
    if (!probe) opids.add(opid)
  }
  return opids
}

describe.each([1, 2] as const)('a console of revision %i', (revision) => {
  test.each([1, 2, 3])('seed %i', async (seed) => {
    const stage = hostStage()
    const guests = [await stage.guest('alpha', 1), await stage.guest('beta', 2)] as const
    const strange: string[] = []
    let served = 0
    const frames = fc.oneof(fc.tuple(opnm, opct), request(revision), request((3 - revision) as 1 | 2))
    const said = fc.array(frames, { minLength: 20, maxLength: 40, size: 'max' })
    const play = async (spoken: readonly (readonly [string, unknown])[]): Promise<void> => {
      let console = stage.peer('/guests')
      await hello(console, revision)
      for (const [path, content] of spoken) {
        await stage.clock.advance(1_000)
        console.waiting.splice(0)
        const opid = newOpid()
        console.send(frame(opid, path, content))
        await stage.clock.settle()
        for (const [i, id] of (['alpha', 'beta'] as const).entries()) {
          const asked = serve(guests[i]!, id, i === 0 ? 1 : 2, strange)
          served += asked.size
          expect(asked.has(opid)).toBe(false)
          expect(asked.size === 0 || path.startsWith(`/guests/${id}/`)).toBe(true)
        }
        await stage.clock.settle()
        const heard = console.waiting.map((text) => readFrame(text))
        expect(heard.length).toBeLessThanOrEqual(1)
        const address = /^\/guests\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}(?=\/|$)/.exec(path)?.[0] ?? ''
        for (const answer of heard) {
          expect(answer.opid).toBe(opid)
          expect(String(answer.opnm)).toMatch(/^(\/guests\/[^/]*)?\/(info|action|event|hello|greet)/)
          expect(/^\/guests\/[^/]*/.exec(String(answer.opnm))?.[0] ?? '').toBe(address)
        }
        if (path !== '/greet/bye') continue
        if (revision === 1) continue
        console = stage.peer('/guests')
        await hello(console, revision)
      }
      console.close(1000)
    }
    await fc.assert(fc.asyncProperty(said, play), { seed, numRuns: 25, endOnFailure: true })
    expect(strange).toEqual([])
    expect(served).toBeGreaterThan(20)
    expect(stage.errors).toEqual([])
    expect(await stage.leftovers()).toEqual([])
  })
})
