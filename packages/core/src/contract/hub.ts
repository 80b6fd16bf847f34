import type { $ZodType } from 'zod/v4/core'
import type { JsonSchema } from '../json-schema.js'
import { defineContract, type Contract, type ShapeOf } from './contract.js'
import {
  boolean,
  byName,
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
  sent: number,
  received: number,
  /** replies that came too late */
  late: number,
  /** frames that were no messages */
  malformed: number,
  /** rejections that came back */
  rejected: number,
  /** infos that were answered by a sample taken for somebody else */
  shared: number,
})

/** How a guest is, as a hub tells it. */
const guest = result({
  id: string,
  /** of the protocol that it speaks; 0 if it has a token and did not come yet */
  revision: number,
  /** `alive`; `unresponsive` is connected but does not answer; `gone` is not here, and was within a day or has a token */
  state: oneOf('alive', 'unresponsive', 'gone'),
  /** Unix seconds at which it came into this state */
  state_ts: number,
  /** Unix seconds at which its connection, the last one if it is gone, began; null if it has a token and did not come yet */
  connected_ts: nullable(number),
  /** the address it came from, without the port; null where there is none */
  address: nullable(string),
  /** milliseconds that its last answer took, sampling included; null before the first */
  round_trip_ms: nullable(number),
  /** of this connection */
  counts,
})

/** A bot of a guest, as a hub tells it. */
const bot = result({
  id: string,
  /** `online`; `silent` is connected, but nothing was received by it or asked of it for a while; `departed` was connected within a day */
  state: oneOf('online', 'silent', 'departed'),
  /** Unix seconds at which it came into this state, or was first seen in it */
  state_ts: number,
})

/** JSON Schema of params, of a result, or of an event's data. */
const schema = (): $ZodType<JsonSchema> => result({})

const pattern = () => withDefault(string, '*')
/** One value a minute, null where there is none. */
const series = () => list(nullable(number))

const definition = {
  info: {
    /** The guests that a console may see, by their ids in order: as many as fit in a frame, the next ones after `after`. */
    guests: {
      params: params({
        /** ids, `*` for any characters, commas between several */
        guests: pattern(),
        /** the last id of the page before */
        after: withDefault(string, ''),
        /** at most 1000 */
        limit: withDefault(number, 1_000),
      }),
      result: list(guest),
    },
    /** The hub itself. All but `version`, `uptime` and `consoles` is about the guests that the console may see. */
    hub: {
      result: result({
        version: string,
        /** seconds */
        uptime: number,
        guests: result({ alive: number, unresponsive: number, gone: number }),
        consoles: number,
        counts,
        /** what the console that asks may do: ask for actions that change guests, add and remove guests */
        access: result({ guests: string, actions: boolean, admin: boolean }),
      }),
    },
    /**
     * What the hub itself samples of guests that are connected, by their ids in order, once a minute: as many as fit in a
     * frame, the next ones after `after`.
     */
    vitals: {
      params: params({
        guests: pattern(),
        /** the last id of the page before */
        after: withDefault(string, ''),
        /** at most 1000 */
        limit: withDefault(number, 1_000),
      }),
      result: list(
        result({
          id: string,
          /** Unix seconds of the sample; null before the first */
          ts: nullable(number),
          /** 0–100 */
          cpu_percent: nullable(number),
          /** 0–100 */
          memory_percent: nullable(number),
          /** received by its bots; null before the second sample */
          events_per_minute: nullable(number),
          /** asked of its bots; null before the second sample */
          api_calls_per_minute: nullable(number),
          /** those that have something the matter first */
          bots: list(bot),
        }),
      ),
    },
    /** What happened to guests, the newest first. */
    timeline: {
      params: params({
        guests: pattern(),
        /** Unix seconds: only what was before */
        before: optional(number),
        /** at most 1000 */
        limit: withDefault(number, 100),
      }),
      result: list(
        result({
          /** Unix seconds */
          ts: number,
          /** the id that it has, or asked for; empty where it gave none */
          guest: string,
          /**
           * `joined`; `restarted` joined, too, and is another process than before; `left`; `unresponsive`; `alive` again;
           * `refused` was not let in, which only an admin is told
           */
          what: oneOf('joined', 'restarted', 'left', 'unresponsive', 'alive', 'refused'),
          /** why it left or was refused, and what to do; otherwise empty */
          reason: string,
          /** the close code of one that left or was refused; otherwise null */
          code: nullable(number),
          /** the address it came from, without the port; null where there is none */
          address: nullable(string),
        }),
      ),
    },
    /** What may be asked of guests: this hub's contract as JSON Schema (draft 2020-12). */
    contract: {
      result: result({
        info: byName(result({ params: schema(), result: schema() })),
        action: byName(result({ params: schema(), result: schema() })),
        event: byName(schema()),
      }),
    },
    /** Where guests can join: URLs to which `/join/{id}` is added. For an admin. */
    addresses: {
      result: list(
        result({
          /** from this machine; from the local network; from a container on this machine; from anywhere */
          kind: oneOf('local', 'network', 'container', 'public'),
          /** `ws://192.168.1.20:37103` */
          url: string,
          /** whether the host listens there: one on 127.0.0.1 is not reached from the network */
          open: boolean,
        }),
      ),
    },
    /** The recent past of a guest, gone or not: one sample a minute, for a day at most. */
    history: {
      params: params({
        guest: string,
        /** how many, up to now */
        minutes: withDefault(number, 1_440),
      }),
      result: result({
        /** Unix seconds of the first minute */
        start_ts: number,
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
    subscribe: { params: params({ guests: pattern(), names: optional(list(string)) }), result: nothing },
    /** Changes a one-time code, which the console brought as its token and which may do nothing else, for a token. */
    sign_in: {
      result: result({
        token: string,
        /** Unix seconds; null for never */
        expires_ts: nullable(number),
      }),
    },
    /**
     * Makes a guest known, so that it may join, and gives its token: this is the only time that it can be seen. Null where
     * the host authenticates nobody. One that has a token already is `failed`, unless it is to be replaced. For an admin.
     */
    add_guest: {
      params: params({ guest: string, replace: withDefault(boolean, false) }),
      result: result({ token: nullable(string) }),
    },
    /** Ends a guest's tokens and its connection, and forgets it. For an admin. */
    remove_guest: { params: params({ guest: string }), result: nothing },
  },
  event: {
    /** A guest joined, or a console's first sight of it. */
    guest_joined: guest,
    /** A guest is gone. */
    guest_left: result({ id: string, state_ts: number, reason: string }),
    /** A guest is `alive` again, or `unresponsive`. */
    guest_state: result({ id: string, state: oneOf('alive', 'unresponsive'), state_ts: number }),
  },
} as const

/** The types of what a hub itself is asked. */
export type HubShape = ShapeOf<typeof definition>

/** What a hub itself is asked, beside what its guests are: `createHub(url)` has it built in. */
export const hub: Contract<HubShape> = defineContract(definition)
