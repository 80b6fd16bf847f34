/** Whatever nobody caught in this process, from now on. */
export class Uncaught {
  readonly #errors: unknown[] = []
  readonly #listener = (error: unknown): void => void this.#errors.push(error)

  constructor() {
    process.on('uncaughtException', this.#listener)
    process.on('unhandledRejection', this.#listener)
  }

  /** @throws {Error} when there was something since the last time; a turn of the event loop later it is known */
  async check(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    const [first] = this.#errors.splice(0)
    if (first !== undefined) throw new Error(`nobody caught ${shown(first)}`, { cause: first })
  }

  stop(): void {
    process.off('uncaughtException', this.#listener)
    process.off('unhandledRejection', this.#listener)
  }
}

function shown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
