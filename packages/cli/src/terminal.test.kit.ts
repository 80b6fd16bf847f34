import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { findTool } from '../../../.ci/terminal.mjs'
import { folder } from './hosts.test.kit.js'

// The program as people run it: what was built, in a process of its own.

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Nothing of whoever runs the tests: neither settings nor a home. */
function environment(variables: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '' } = process.env
  return { PATH, LC_ALL: 'C.UTF-8', GUESTOOL_DATA: folder(), ...variables }
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the program to its end, in a pipe that brings this input. */
export async function piped(words: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...words], { env: environment({}) })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  // It may end without reading all of it.
  child.stdin.on('error', () => undefined).end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, out, err }
}

/** A terminal, if there is one on this machine to type at. */
export const tmux = findTool('tmux')

/** The program, or another command, in a real terminal: keys go in, and what a person would see comes out. */
export class Terminal {
  readonly #socket = join(folder(), 'tmux')

  constructor(
    words: readonly string[],
    { columns = 90, rows = 26, ...variables }: Record<string, string | number> = {},
    command: readonly string[] = [process.execPath, main],
  ) {
    const env = environment(
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    )
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    // What it leaves behind, and how it ended, can be looked at.
    const after = 'echo "left with $?."; exec sleep 1000'
    const program = ['env', '-i', 'TERM=screen-256color', ...settings, ...command, ...words]
    const size = ['-x', String(columns), '-y', String(rows)]
    this.#tmux('new-session', '-d', ...size, '--', 'sh', '-c', `"$@"; ${after}`, 'sh', ...program)
    onTestFinished(() => void this.#tmux('kill-server'))
  }

  /** Types text, as it is. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses keys by their names: `Enter`, `C-c`, `Down`. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', key)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What is on the screen. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p')
  }

  /** The same, with the escape sequences of its colours. */
  get coloured(): string {
    return this.#tmux('capture-pane', '-p', '-e')
  }

  /** What tmux knows of it: `cursor_flag`, `alternate_on`. */
  is(format: string): string {
    return this.#tmux('display-message', '-p', `#{${format}}`).trim()
  }

  /** Waits until it is on the screen. */
  sees(pattern: RegExp): Promise<RegExpExecArray> {
    return vi.waitFor(
      () => {
        const { screen } = this
        const found = pattern.exec(screen)
        if (found === null) throw new Error(`${String(pattern)} is not on the screen:\n${screen}`)
        return found
      },
      { timeout: 20_000, interval: 50 },
    )
  }

  /** Waits for the end of the program: its exit code. */
  async end(): Promise<number> {
    const [, code] = await this.sees(/^left with (\d+)\.$/m)
    return Number(code)
  }

  #tmux(...words: readonly string[]): string {
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' }
    return execFileSync(tmux ?? 'tmux', ['-u', '-f', '/dev/null', '-S', this.#socket, ...words], {
      env,
      encoding: 'utf8',
    })
  }
}
