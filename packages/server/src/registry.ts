import {
  closeCode,
  Failure,
  limits,
  type AskOptions,
  type Counts,
  type Event,
  type Operation,
  type OperationKind,
  type Refusal,
} from '@guestool/core'

/** A guest as every host knows it, whichever it is connected to. Moments are Unix milliseconds. */
export interface KnownGuest {
  readonly id: string
  /** 0 of one that is only expected. */
  readonly revision: 0 | 1 | 2
  readonly state: 'alive' | 'unresponsive' | 'gone'
  /** When it came into its state. */
  readonly stateAt: number
  /** Undefined of one that is only expected. */
  readonly connectedAt: number | undefined
  readonly address: string | undefined
  /** Milliseconds. */
  readonly roundTrip: number | undefined
  readonly counts: Readonly<Counts>
  /** How many infos were answered by a sample that was taken for somebody else. */
  readonly shared: number
}

/** What happened to a guest. */
export type Change =
  | { readonly type: 'joined' | 'state'; readonly guest: KnownGuest }
  | {
      readonly type: 'left'
      readonly guest: KnownGuest
      readonly reason: string
      /** Of the close. */
      readonly code: number
      /** It may come back under its id. */
      readonly returns: boolean
    }
  | { readonly type: 'event'; readonly guest: KnownGuest; readonly event: Event }

/** A question to a guest. */
export interface Question {
  /** Where the contract knows it. */
  readonly operation: Operation | undefined
  readonly kind: OperationKind
  readonly name: string
  readonly params: object
  /** The console that asks, told apart from others by being the same object. The host's own calls have none. */
  readonly asker?: object | undefined
}

/** A guest at the host that it is connected to. */
export interface Holder extends KnownGuest {
  /** Whether it lives: asks it. */
  provesLife(): Promise<boolean>
  /** Makes room for a successor. */
  displace(): void
  /** Resolves with the reply's content or a Failure, never rejects. */
  ask(question: Question, options: AskOptions | undefined): Promise<unknown>
  /** Ends its connection. */
  hangUp(code: number, reason: string): Promise<void>
}

/** The right to have an id, from its claim until its release. */
export interface Claim {
  /** The guest is in. The next claim of its id can be decided. */
  hold(holder: Holder): void
  /** Tells of the holder. */
  tell(change: Change): void
  /** The guest is gone, or never came in. Telling it twice, or after a successor came, does nothing. */
  release(): void
}

/**
 * Who is connected, and how to reach them: all that a hub knows of guests. Here they are all connected to this host; an
 * implementation on top of a messaging engine has the same six ways, for guests that are connected to any of many.
 */
export interface Registry {
  /**
   * Asks for an id. Claims of one id are decided one after another; a holder that lives keeps it, and one that does not
   * prove it is displaced.
   *
   * @param wanted whether the newcomer is still there: false ends the claim without a question to the holder
   */
  claim(id: string, wanted: () => boolean): Promise<Claim | Refusal>
  /** The guest that has this id now. */
  find(id: string): KnownGuest | undefined
  /** All guests. */
  find(): Iterable<KnownGuest>
  /** Asks a guest. Resolves with the reply's content or a Failure: `gone` where there is none. */
  forward(id: string, question: Question, options: AskOptions | undefined): Promise<unknown>
  /** Ends the connection of the guest that has this id; false where there is none. It has left when this resolves. */
  expel(id: string, refusal: Refusal): Promise<boolean>
  /** Hears of every change of every guest. Returns what stops it. */
  watch(listener: (change: Change) => void): () => void
}

/** The registry of one host, in its own memory. */
export class LocalRegistry<H extends Holder = Holder> implements Registry {
  readonly #holders = new Map<string, H>()
  /** The claims of each id that are not decided yet: the first is being decided. */
  readonly #claims = new Map<string, LocalClaim<H>[]>()
  readonly #listeners = new Set<(change: Change) => void>()

  async claim(id: string, wanted: () => boolean): Promise<Claim | Refusal> {
    const claim = new LocalClaim(id, this.#holders, this.#claims, this.#listeners)
    const others = this.#claims.get(id)
    if (others === undefined) this.#claims.set(id, [claim])
    else if (others.length > limits.waitingClaims) {
      return {
        code: closeCode.tooMany,
        reason: `too many guests ask for id ${id} at once; give each its own`,
      }
    } else {
      const before = others.at(-1)
      others.push(claim)
      await before?.decided
    }
    if (!wanted()) return claim
    const taken = await this.#holders.get(id)?.provesLife()
    if (taken === true) {
      claim.release()
      return { code: closeCode.taken, reason: `another live guest holds id ${id}; give each guest its own` }
    }
    if (wanted()) this.#holders.get(id)?.displace()
    return claim
  }

  get size(): number {
    return this.#holders.size
  }

  find(id: string): H | undefined
  find(): Iterable<H>
  find(id?: string): H | Iterable<H> | undefined {
    return id === undefined ? this.#holders.values() : this.#holders.get(id)
  }

  forward(id: string, question: Question, options: AskOptions | undefined): Promise<unknown> {
    const holder = this.#holders.get(id)
    if (holder === undefined) return Promise.resolve(new Failure('gone', notConnected(id)))
    return holder.ask(question, options)
  }

  expel(id: string, { code, reason }: Refusal): Promise<boolean> {
    const holder = this.#holders.get(id)
    // It leaves at once; only its socket takes its time.
    void holder?.hangUp(code, reason)
    return Promise.resolve(holder !== undefined)
  }

  watch(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** What is said of a guest that is not there; one that a console may not see is said to be the same. */
export function notConnected(id: string): string {
  return `guest ${id} is not connected to this host`
}

class LocalClaim<H extends Holder> implements Claim {
  readonly #id: string
  readonly #holders: Map<string, H>
  readonly #claims: Map<string, LocalClaim<H>[]>
  readonly #listeners: ReadonlySet<(change: Change) => void>
  #held: H | undefined
  #decide: (() => void) | undefined
  #decided: Promise<void> | undefined

  constructor(
    id: string,
    holders: Map<string, H>,
    claims: Map<string, LocalClaim<H>[]>,
    listeners: ReadonlySet<(change: Change) => void>,
  ) {
    this.#id = id
    this.#holders = holders
    this.#claims = claims
    this.#listeners = listeners
  }

  /** Resolves when the next claim of this id can be decided. Most are not waited for. */
  get decided(): Promise<void> {
    this.#decided ??= new Promise((resolve) => (this.#decide = resolve))
    return this.#decided
  }

  hold(holder: H): void {
    this.#held = holder
    this.#holders.set(this.#id, holder)
    this.#settle()
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }

  release(): void {
    this.#settle()
    if (this.#held !== undefined && this.#holders.get(this.#id) === this.#held) this.#holders.delete(this.#id)
  }

  #settle(): void {
    const claims = this.#claims.get(this.#id)
    const at = claims?.indexOf(this) ?? -1
    if (claims === undefined || at < 0) return
    claims.splice(at, 1)
    if (claims.length === 0) this.#claims.delete(this.#id)
    this.#decide?.()
    this.#decided = this.#decide = undefined
  }
}
