import { defineContract, type Contract, type ShapeOf } from './contract.js'
import {
  list,
  nothing,
  nullable,
  number,
  oneOf,
  optional,
  params,
  result,
  string,
  withDefault,
} from './vocabulary.js'

// What a hub itself is asked, without an address before the operation name. What it says in plain words to people
// follows the protocol's own results: snake case, Unix seconds, and units in the name where they are others.

/** Frames, and what became of them. */
const counts = result({
  sent: number(),
  received: number(),
  /** replies that came too late */
  late: number(),
  /** frames that were no messages */
  malformed: number(),
  /** rejections that came back */
  rejected: number(),
  /** infos that were answered by a sample taken for somebody else */
  shared: number(),
})

/** How a guest is, as a hub tells it. */
const guest = result({
  id: string(),
  /** of the protocol that it speaks */
  revision: number(),
  /** `alive`; `unresponsive` is connected but does not answer; `gone` was here within a day */
  state: oneOf('alive', 'unresponsive', 'gone'),
  /** Unix seconds at which it came into this state */
  state_ts: number(),
  /** Unix seconds at which its connection, the last one if it is gone, began */
  connected_ts: number(),
  /** the address it came from, without the port; null where there is none */
  address: nullable(string()),
  /** milliseconds that its last answer took, sampling included; null before the first */
  round_trip_ms: nullable(number()),
  /** of this connection */
  counts,
})

const pattern = () => withDefault(string(), '*')
/** One value a minute, null where there is none. */
const series = () => list(nullable(number()))

const definition = {
  info: {
    /** The guests that a console may see, by their ids in order: as many as fit in a frame, the next ones after `after`. */
    guests: {
      params: params({
        /** ids, `*` for any characters, commas between several */
        guests: pattern(),
        /** the last id of the page before */
        after: withDefault(string(), ''),
        /** at most 1000 */
        limit: withDefault(number(), 1_000),
      }),
      result: list(guest),
    },
    /** The hub itself. All but `version`, `uptime` and `consoles` is about the guests that the console may see. */
    hub: {
      result: result({
        version: string(),
        /** seconds */
        uptime: number(),
        guests: result({ alive: number(), unresponsive: number(), gone: number() }),
        consoles: number(),
        counts,
      }),
    },
    /** The recent past of a guest, gone or not: one sample a minute, for a day at most. */
    history: {
      params: params({
        guest: string(),
        /** how many, up to now */
        minutes: withDefault(number(), 1_440),
      }),
      result: result({
        /** Unix seconds of the first minute */
        start_ts: number(),
        /** 0–100 */
        cpu_percent: series(),
        /** 0–100 */
        memory_percent: series(),
        /** connected bots */
        bots: series(),
        /** milliseconds */
        round_trip_ms: series(),
      }),
    },
  },
  action: {
    /**
     * From now on events of these guests with these names are sent, and no others. Without names it is all of them; an
     * empty list is none.
     */
    subscribe: { params: params({ guests: pattern(), names: optional(list(string())) }), result: nothing() },
  },
  event: {
    /** A guest joined, or a console's first sight of it. */
    guest_joined: guest,
    /** A guest is gone. */
    guest_left: result({ id: string(), state_ts: number(), reason: string() }),
    /** A guest is `alive` again, or `unresponsive`. */
    guest_state: result({ id: string(), state: oneOf('alive', 'unresponsive'), state_ts: number() }),
  },
} as const

/** The types of what a hub itself is asked. */
export type HubShape = ShapeOf<typeof definition>

/** What a hub itself is asked, beside what its guests are: `createHub(url)` has it built in. */
export const hub: Contract<HubShape> = defineContract(definition)
