import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { folder } from './hosts.test.kit.js'
import { runProgram } from './program.js'

/** The program as it is built: what people install. */
export const bin = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** A bare environment with a data folder of the test's own. */
export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder(), GUESTOOL_DATA: folder(), ...more }
}

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** A program that runs; the test's end is its end. */
export class Started {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Set<() => void>()
  #over = false
  out = ''
  err = ''
  readonly ended: Promise<Ended>

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, { env, detached: true })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
      this.#wake()
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
      this.#wake()
    })
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#over = true
      this.#wake()
      return { code, signal, out: this.out, err: this.err }
    })
    onTestFinished(async () => {
      if (!this.#over) this.signal('SIGKILL')
      await this.ended
    })
  }

  /** Waits until the pattern is in what it wrote; fails with all of it when it ends before. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out) ?? pattern.exec(this.err)
      if (match !== null) return match
      if (this.#over) throw new Error(`It ended without ${String(pattern)}:\n${this.out}${this.err}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal)
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** Starts the command line. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = environment()): Started {
  return new Started(process.execPath, [bin, ...args], env)
}

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs the command line to its end, in this process, with nothing of its environment: a process of its own takes a third
 * of a second, and is for what only a process has, signals and pipes.
 */
export async function guestool(args: readonly string[], env = environment()): Promise<Ended> {
  const before = { env: process.env, argv: process.argv, exitCode: process.exitCode }
  const written = { out: '', err: '' }
  const writing = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += String(text)))),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.err += String(text)))),
  ]
  const listening = new Set(signals.flatMap((signal) => process.listeners(signal)))
  process.env = env
  process.argv = [process.execPath, bin, ...args]
  process.exitCode = 0
  try {
    await runProgram(args)
    return { code: process.exitCode, signal: null, ...written }
  } finally {
    for (const each of writing) each.mockRestore()
    for (const signal of signals) {
      for (const listener of process.listeners(signal))
        if (!listening.has(listener)) process.off(signal, listener)
    }
    Object.assign(process, before)
  }
}

/** Runs a line of a shell in which `guestool` is the command line. */
export function shell(line: string, env: NodeJS.ProcessEnv = environment()): Promise<Ended> {
  const command = `guestool() { "${process.execPath}" "${bin}" "$@"; }; ${line}`
  return new Started('sh', ['-c', command], env).ended
}

/** A host of the command line, on a port that is free. */
export async function startHost(
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<{ host: Started; url: string; link: string }> {
  const host = start(['host', '--port', '0', '--json', ...args], env)
  await host.sees(/"listening".*\n/)
  const { local, link } = JSON.parse(host.out.split('\n')[0] ?? '') as { local: string; link: string }
  return { host, url: local, link }
}
