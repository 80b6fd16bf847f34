import { Session, type Profiler } from 'node:inspector'

/**
 * Which blocks of the SDK's code ran, as V8 counts them: an input that reaches a new one is worth keeping. The counts
 * are a measure of work, too, that no other process on the machine disturbs.
 */
export class Coverage {
  readonly #session = new Session()
  readonly #isOurs: (url: string) => boolean
  readonly #seen = new Set<string>()

  /** @param isOurs which files count */
  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks that ever ran. */
  get size(): number {
    return this.#seen.size
  }

  /** Whether something ran since the last time that never ran before. */
  isNew(): boolean {
    const before = this.#seen.size
    for (const { scriptId, functions } of this.#taken())
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          if (count > 0) this.#seen.add(`${scriptId}:${startOffset}:${endOffset}`)
    return this.#seen.size > before
  }

  /** How often blocks ran since the last time, all together. */
  steps(): number {
    let steps = 0
    for (const { functions } of this.#taken())
      for (const { ranges } of functions) for (const { count } of ranges) steps += count
    return steps
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  #taken(): Profiler.ScriptCoverage[] {
    let taken: Profiler.ScriptCoverage[] = []
    // Within this thread it is answered at once.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error
      taken = result.filter(({ url }) => this.#isOurs(url))
    })
    return taken
  }
}
