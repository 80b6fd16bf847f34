import * as fc from 'fast-check'
import type { Plan } from './plan.js'
import { plans } from './plans.js'
import { run, type Outcome } from './run.js'

/** A history that broke a promise: the whole one, and the smallest that still breaks one. */
export interface Failed {
  readonly seed: number
  readonly plan: Plan
  readonly outcome: Outcome
  readonly shrinks: number
}

const settings = { numRuns: 1, unbiased: true } as const

/** The plan of a seed. */
export function planOf(seed: number): Plan {
  const [plan] = fc.sample(plans, { ...settings, seed })
  if (plan === undefined) throw new RangeError('fast-check made no plan')
  return plan
}

/**
 * Plays the history of a seed, and when it breaks a promise, finds the smallest that still breaks the same one.
 *
 * @param shrinkFor milliseconds
 */
export async function check(seed: number, shrinkFor: number): Promise<Outcome | Failed> {
  const first = await run(planOf(seed))
  const invariant = first.violations[0]?.invariant
  if (invariant === undefined) return first
  let smallest = { plan: planOf(seed), outcome: first }
  const until = Date.now() + shrinkFor
  const property = fc.asyncProperty(plans, async (plan) => {
    if (Date.now() > until) return
    const outcome = await run(plan)
    if (outcome.violations[0]?.invariant !== invariant) return
    smallest = { plan, outcome }
    throw new Error(invariant)
  })
  const { numShrinks } = await fc.check(property, { ...settings, seed })
  return { seed, ...smallest, shrinks: numShrinks }
}
