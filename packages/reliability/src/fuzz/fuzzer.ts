import type { Coverage } from './coverage.js'
import type { Dice } from './dice.js'
import { mutate, shrink } from './mutate.js'
import type { Target, Watch } from './target.js'
import type { Uncaught } from './uncaught.js'

/** A case that broke a promise, as little of it as does. */
export interface Finding {
  readonly target: string
  readonly problem: string
  readonly steps: readonly string[]
}

/** Fuzzes one target: cases anew and cases made of those that reached new code. */
export class Fuzzer {
  readonly target: Target
  readonly #dice: Dice
  readonly #uncaught: Uncaught
  readonly #coverage: Coverage | undefined
  readonly #pace: Pace
  /** Cases that others are made of. */
  readonly #pool: (readonly string[])[]
  #next = 0
  executions = 0

  /** @param coverage without it, no case is better than another */
  constructor(target: Target, dice: Dice, uncaught: Uncaught, pace: Pace, coverage?: Coverage) {
    this.target = target
    this.#dice = dice
    this.#uncaught = uncaught
    this.#pace = pace
    this.#coverage = coverage
    this.#pool = [...target.seeds]
  }

  /** Cases in the pool. */
  get pool(): number {
    return this.#pool.length
  }

  /** Plays one more case. What it found, if it did. */
  async once(): Promise<Finding | undefined> {
    const steps = this.#case()
    const problem = await this.problemOf(steps, this.#pace.of(this.target.name))
    if (this.#coverage?.isNew()) this.#pool.push(steps)
    if (problem === undefined) return undefined
    const sameProblem = headOf(problem)
    const least = await shrink(
      steps,
      async (candidate) => headOf((await this.problemOf(candidate)) ?? '') === sameProblem,
    )
    return { target: this.target.name, problem, steps: least }
  }

  /** What a case breaks, in words. */
  async problemOf(
    steps: readonly string[],
    watch: Watch = { took: () => undefined },
  ): Promise<string | undefined> {
    this.executions++
    try {
      await this.target.play(steps, watch)
      await this.#uncaught.check()
      return undefined
    } catch (error) {
      await this.#uncaught.check().catch(() => undefined)
      return error instanceof Error ? error.message : String(error)
    }
  }

  #case(): readonly string[] {
    const seed = this.target.seeds[this.#next++]
    if (seed !== undefined) return seed
    const dice = this.#dice
    if (this.#pool.length > 0 && dice.percent(60))
      return mutate(dice, dice.pick(this.#pool), dice.pick(this.#pool))
    return dice.some(32, () => this.target.step(dice))
  }
}

// Of two problems that say the same but for numbers and names.
function headOf(problem: string): string {
  return problem.slice(0, 40).replaceAll(/\d+/g, '0')
}

/** How long steps took, the worst of each target. */
export class Pace {
  steps = 0
  readonly worst = new Map<string, { readonly ms: number; readonly text: string }>()

  of(target: string): Watch {
    return {
      took: (text, ms) => {
        this.steps++
        if (ms > (this.worst.get(target)?.ms ?? 0)) this.worst.set(target, { ms, text })
      },
    }
  }
}
