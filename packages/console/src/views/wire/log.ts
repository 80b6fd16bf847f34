import type { Passed } from '@guestool/core/tap'
import type { Frame } from './frame.js'
import { FrameReader, type Heard } from './reader.js'
import { Ring } from './ring.js'

/** Frames that are kept, and characters of them: enough for an hour of a quiet fleet, and no burden to a phone. */
const mostFrames = 10_000
const mostCharacters = 8 * 1024 * 1024

/**
 * What passed lately. Hearing costs next to nothing: frames are read when somebody looks.
 */
export class WireLog {
  readonly #heard: Ring<Heard>
  readonly #frames: Ring<Frame>
  #reader = new FrameReader()
  #count = 0

  constructor(most = mostFrames, characters = mostCharacters) {
    this.#heard = new Ring(most, characters, ({ passed }) => ('text' in passed ? passed.text.length : 0))
    this.#frames = new Ring(most, characters, ({ text }) => text.length)
  }

  /** How much passed since the log was last cleared, kept or not. */
  get count(): number {
    return this.#count
  }

  /** @param time Unix milliseconds */
  hear(passed: Passed, time: number): void {
    this.#heard.push({ n: ++this.#count, time, passed })
  }

  /** What is kept, the oldest first. */
  frames(): Frame[] {
    for (const heard of this.#heard.items()) {
      for (const gone of this.#frames.push(this.#reader.read(heard))) this.#reader.forget(gone)
    }
    this.#heard.clear()
    return this.#frames.items()
  }

  /** Forgets what passed so far. Answers to it will be strays. */
  clear(): void {
    this.#heard.clear()
    this.#frames.clear()
    this.#reader = new FrameReader()
    this.#count = 0
  }
}
