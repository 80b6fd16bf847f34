import { EventEmitter } from 'eventemitter3'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventEmitter as Subset } from './emitter-subset.js'

type Emitting = Pick<EventEmitter<string>, 'listenerCount'> & {
  on(name: string, listener: (...args: unknown[]) => void): unknown
  off(name: string, listener: (...args: unknown[]) => void): unknown
  emit(name: string, ...args: unknown[]): unknown
}

const names = ['a', '__proto__']
/** What a listener does while it is told. */
const step = fc.record({
  what: fc.constantFrom('on', 'on', 'off', 'emit', 'emit', 'nothing'),
  name: fc.constantFrom(...names),
  listener: fc.nat(2),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** All that is heard, and how many listen at the end. */
function heard(emitter: Emitting, steps: readonly Step[], reactions: readonly Step[]): unknown {
  const log: unknown[] = []
  let depth = 0
  const listeners = reactions.map((reaction, index) => (...args: unknown[]): void => {
    log.push([index, ...args])
    if (depth < 3 && log.length < 100) act(reaction)
  })
  const act = ({ what, name, listener }: Step): void => {
    depth++
    if (what === 'on') emitter.on(name, listeners[listener]!)
    if (what === 'off') emitter.off(name, listeners[listener]!)
    if (what === 'emit') emitter.emit(name, name, log.length)
    depth--
  }
  for (const one of steps) act(one)
  return [log, names.map((name) => emitter.listenerCount(name))]
}

test('whoever listens, stops and emits, also while it is told, hears the same as of eventemitter3', () => {
  let told = 0
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 10, maxLength: 20 }),
      fc.array(step, { minLength: 3, maxLength: 3 }),
      (steps, reactions) => {
        const ours = heard(new Subset(), steps, reactions)
        expect(ours).toEqual(heard(new EventEmitter<string>(), steps, reactions))
        told += (ours as [unknown[]])[0].length
      },
    ),
    { numRuns: 500 },
  )
  expect(told).toBeGreaterThan(500)
})
