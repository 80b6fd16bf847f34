import * as limits from './limits.js'

/** A socket whose peer may leave unread what it is sent. */
export interface Reader {
  /** Bytes that wait to be written to it. */
  readonly unread: number
  /** How many of them its host's {@link Backlog} has counted. The backlog alone sets it. */
  noted: number
  /** Gives it up at once, so that what waits is freed. */
  terminate(): void
}

// Less is what every socket holds for a moment.
const grain = 64 * 1024

/**
 * What the peers of one host leave unread, all together. Each has its own limit, but many of them together could still
 * fill the memory; when they do, whoever holds most of it is dropped.
 */
export class Backlog {
  readonly #max: number
  readonly #readers = new Set<Reader>()
  #total = 0

  constructor(max: number = limits.hostQueuedBytes) {
    this.#max = max
  }

  /** To be called after each frame that was sent to it. */
  sent(reader: Reader): void {
    if (Math.abs(reader.unread - reader.noted) < grain) return
    this.#note(reader)
    if (this.#total > this.#max) this.#reduce()
  }

  /** The socket is gone. */
  forget(reader: Reader): void {
    this.#total -= reader.noted
    reader.noted = 0
    this.#readers.delete(reader)
  }

  #note(reader: Reader): void {
    const { unread } = reader
    const noted = unread < grain ? 0 : unread
    this.#total += noted - reader.noted
    reader.noted = noted
    if (noted === 0) this.#readers.delete(reader)
    else this.#readers.add(reader)
  }

  #reduce(): void {
    // Of those that nothing was sent to, it is not known yet what they have read since.
    for (const reader of this.#readers) this.#note(reader)
    while (this.#total > this.#max) {
      const most = [...this.#readers].reduce((one, other) => (other.noted > one.noted ? other : one))
      this.forget(most)
      most.terminate()
    }
  }
}
