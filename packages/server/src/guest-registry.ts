/** Who holds which id, and whose claim of one is being decided. */
export class GuestRegistry<L extends { readonly id: string }> {
  readonly #holders = new Map<string, L>()
  /** The last claim of each id that is being claimed. */
  readonly #claims = new Map<string, Claim>()

  get size(): number {
    return this.#holders.size
  }

  get(id: string): L | undefined {
    return this.#holders.get(id)
  }

  all(): L[] {
    return [...this.#holders.values()]
  }

  set(socket: L): void {
    this.#holders.set(socket.id, socket)
  }

  /** Removes a socket, and never its successor; false when it held nothing. */
  delete(socket: L): boolean {
    return this.#holders.get(socket.id) === socket && this.#holders.delete(socket.id)
  }

  /**
   * Waits until no other claim of this id is being decided. The function it resolves with ends the claim: no other is
   * decided before that.
   */
  async claim(id: string): Promise<() => void> {
    const before = this.#claims.get(id)
    const claim = new Claim()
    this.#claims.set(id, claim)
    await before?.ended
    return () => {
      claim.end()
      if (this.#claims.get(id) === claim) this.#claims.delete(id)
    }
  }
}

class Claim {
  readonly ended: Promise<void>
  end: () => void = nothing

  constructor() {
    this.ended = new Promise((resolve) => (this.end = resolve))
  }
}

function nothing(): void {}
