import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'

/** What fits. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

// The other screen of the terminal, without a cursor, and without a new line where a line is too long.
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l'

/** The whole of a terminal, until it is closed: then it is as it was, however the program ends. */
export class Terminal {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #key: (key: string) => void
  readonly #redraw: () => void
  #open = false

  /**
   * @param key hears each key by its name: `q`, `up`, `return`, `ctrl-c`
   * @param redraw is called when what is drawn is lost: the size changed, or the program went on after a pause
   */
  constructor(input: ReadStream, output: WriteStream, key: (key: string) => void, redraw: () => void) {
    this.#input = input
    this.#output = output
    this.#key = key
    this.#redraw = redraw
    emitKeypressEvents(input)
    input.on('keypress', this.#pressed)
    output.on('resize', redraw)
    process.on('SIGCONT', this.#goOn)
    // Also by an error: Node tells it after this, on the screen that was there before.
    process.on('exit', this.#leave)
    this.#enter()
  }

  get size(): Size {
    return { columns: Math.max(1, this.#output.columns), rows: Math.max(1, this.#output.rows) }
  }

  draw(lines: readonly string[]): void {
    if (!this.#open) return
    // In one write, over what is there: nothing flickers.
    this.#output.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`)
  }

  close(): void {
    this.#leave()
    this.#input.off('keypress', this.#pressed)
    this.#input.pause()
    this.#output.off('resize', this.#redraw)
    process.off('SIGCONT', this.#goOn)
    process.off('exit', this.#leave)
  }

  readonly #pressed = (text: string | undefined, { name, ctrl }: Key): void => {
    if (ctrl === true && name === 'z') {
      this.#leave()
      process.kill(process.pid, 'SIGSTOP')
      return
    }
    const key = name ?? text ?? ''
    this.#key(ctrl === true ? `ctrl-${key}` : key)
  }

  readonly #goOn = (): void => {
    this.#enter()
    this.#redraw()
  }

  #enter(): void {
    this.#open = true
    this.#input.setRawMode(true)
    this.#input.resume()
    this.#output.write(enter)
  }

  readonly #leave = (): void => {
    if (!this.#open) return
    this.#open = false
    this.#input.setRawMode(false)
    this.#output.write(leave)
  }
}
