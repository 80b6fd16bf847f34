import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Done, Message, Orders } from './obey.js'

/** The files of this folder that are processes. */
export type Role = 'host' | 'guests' | 'consoles'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What runs. A process that is frozen does not hear that this one is gone. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process that runs a file of this folder, which calls `obey`. It never outlives this one. */
export class Child<O extends Orders> {
  readonly exited: Promise<Exit>
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (done: Done) => void>()
  #orders = 0
  /** Whether its end is what this side wants. */
  #ending = false

  constructor(role: Role) {
    // As it was built: a test runs on sources, which only it can load. The options of a test runner are not for this.
    const file = fileURLToPath(new URL(`../../dist/world/${role}.js`, import.meta.url))
    this.#process = fork(file, { execArgv: ['--expose-gc'], env: { PATH: process.env['PATH'] } })
    running.add(this.#process)
    this.#process.on('message', (done: Done) => this.#waiting.get(done.id)?.(done))
    this.exited = once(this.#process, 'exit').then(([code, signal]) => {
      running.delete(this.#process)
      for (const [id, settle] of this.#waiting) settle({ id, error: `${role} ended (${code ?? signal})` })
      return { code, signal }
    })
  }

  /** Whether it is gone although nobody wanted that. */
  get crashed(): boolean {
    const { exitCode, signalCode } = this.#process
    return !this.#ending && (exitCode !== null || signalCode !== null)
  }

  /** Resolves with what the order gave. */
  async tell<N extends keyof O & string>(
    order: N,
    parameter: Parameters<O[N]>[0],
  ): Promise<Awaited<ReturnType<O[N]>>> {
    const id = this.#orders++
    const message: Message = { id, order, parameter }
    const answered = new Promise<Done>((resolve) => this.#waiting.set(id, resolve))
    this.#process.send(message, (failure) => {
      if (failure !== null) this.#waiting.get(id)?.({ id, error: failure.message })
    })
    const { value, error } = await answered
    this.#waiting.delete(id)
    if (error !== undefined) throw new Error(`${order}: ${error}`)
    // The order says what it gives.
    return value as Awaited<ReturnType<O[N]>>
  }

  freeze(): void {
    this.#process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process.kill('SIGCONT')
  }

  /** Without a word; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#ending = true
    this.#process.kill('SIGKILL')
    await this.exited
  }

  /** Tells it to close; resolves with how it ended then, by itself. */
  async close(parameter: Parameters<O['close']>[0]): Promise<Exit> {
    this.#ending = true
    await this.tell('close', parameter)
    const ended = await Promise.race([this.exited, pause(30_000, undefined, { ref: false })])
    if (ended !== undefined) return ended
    await this.kill()
    return { code: null, signal: 'SIGKILL' }
  }
}
