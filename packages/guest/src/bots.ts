/**
 * The bots of a guest and what they did, as the infos `bots`, `bots_connect_time`, `recv_events` and `apicall` report
 * it. Tell it what happens; the guest answers from it. A departed bot leaves `bots` and stays in the other three, as
 * it does at the public Python guest. Names may be any text but `__proto__`, which no JSON object can safely hold: that
 * one throws a TypeError.
 */
export class Bots {
  readonly #now: () => number
  readonly #connected = new Set<string>()
  readonly #connectedAt = new Map<string, number>()
  readonly #events = new Map<string, Map<string, number>>()
  readonly #calls = new Map<string, Map<string, number>>()

  /** @param now Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A bot connected, or connected again: its connect time is now, its counts go on. */
  connected(bot: string): void {
    assertName(bot)
    this.#connected.add(bot)
    this.#connectedAt.set(bot, this.#now() / 1000)
    countersOf(this.#events, bot)
    countersOf(this.#calls, bot)
  }

  disconnected(bot: string): void {
    this.#connected.delete(bot)
  }

  /** A bot received an event of this name, `GroupMessageEvent` for one. */
  received(bot: string, event: string): void {
    increment(countersOf(this.#events, bot), event)
  }

  /** A bot called an API of this name, `send_msg` for one. */
  called(bot: string, api: string): void {
    increment(countersOf(this.#calls, bot), api)
  }

  /** The handlers that answer from what this was told. */
  handlers(): {
    bots: () => string[]
    bots_connect_time: () => Record<string, number>
    recv_events: () => Record<string, Record<string, number>>
    apicall: () => Record<string, Record<string, number>>
  } {
    return {
      bots: () => [...this.#connected],
      bots_connect_time: () => Object.fromEntries(this.#connectedAt),
      recv_events: () => nested(this.#events),
      apicall: () => nested(this.#calls),
    }
  }
}

function assertName(name: string): void {
  if (name === '__proto__') throw new TypeError('"__proto__" cannot be the name of a bot, an event or an API')
}

function countersOf(table: Map<string, Map<string, number>>, bot: string): Map<string, number> {
  assertName(bot)
  let counters = table.get(bot)
  if (counters === undefined) table.set(bot, (counters = new Map()))
  return counters
}

function increment(counters: Map<string, number>, name: string): void {
  assertName(name)
  counters.set(name, (counters.get(name) ?? 0) + 1)
}

function nested(table: Map<string, Map<string, number>>): Record<string, Record<string, number>> {
  return Object.fromEntries([...table].map(([bot, counters]) => [bot, Object.fromEntries(counters)]))
}
