import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** A program that a test started, as somebody at a terminal would; the test's end is its end. */
export class Running {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Set<() => void>()
  /** All that it wrote so far, errors included. */
  output = ''
  readonly exit: Promise<Exit>
  #exited = false

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    // A group of its own, so that what it started itself ends too.
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, detached: true })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        this.#wake()
      })
    }
    this.exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        this.#exited = true
        this.#wake()
        resolve({ code, signal })
      })
    })
    onTestFinished(async () => {
      if (!this.#exited) this.signal('SIGKILL')
      await this.exit
    })
  }

  /** Waits until the pattern is in the output; fails with all of it when the program ends before. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output)
      if (match !== null) return match
      if (this.#exited) throw new Error(`It ended without ${String(pattern)}:\n${this.output}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Waits for a URL in the output. */
  async address(): Promise<URL> {
    const [url] = await this.sees(/(ws|http):\/\/127\.0\.0\.1:\d+/)
    return new URL(url)
  }

  write(text: string): void {
    this.#child.stdin.write(text)
  }

  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP'): void {
    const { pid } = this.#child
    if (pid !== undefined) process.kill(-pid, signal)
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** Starts a script beside a test: `run(import.meta.url, 'host.mjs', '0')`. */
export function run(test: string, script: string, ...args: string[]): Running {
  return new Running(process.execPath, [fileURLToPath(new URL(script, test)), ...args])
}
