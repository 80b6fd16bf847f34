import { appendFileSync, readFileSync } from 'node:fs'

/** Lines that are in a file before anything else happens: they outlive the process that wrote them. */
export class Journal {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  write(...words: readonly string[]): void {
    appendFileSync(this.#path, `${words.join(' ')}\n`)
  }

  /** The lines, each as its words; none when nothing was written. */
  read(): string[][] {
    try {
      const lines = readFileSync(this.#path, 'utf8').split('\n')
      return lines.filter((line) => line !== '').map((line) => line.split(' '))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw error
    }
  }
}
