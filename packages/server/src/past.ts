import type { HubShape } from '@guestool/core'
import type { BotWatch } from './bot-watch.js'
import type { History } from './history.js'

type Vitals = HubShape['info']['vitals']['result'][number]

/** The last sample of a guest, as the hub's info `vitals` tells it. */
export type Pulse = Omit<Vitals, 'id' | 'bots'>

/** Before the first sample of a connection. */
export const notSampled: Pulse = {
  ts: null,
  cpu_percent: null,
  memory_percent: null,
  events_per_minute: null,
  api_calls_per_minute: null,
}

/** What a hub remembers of a guest over its connections. */
export interface Past {
  readonly history: History
  readonly bots: BotWatch
  /** Of the connection that is, or was the last. */
  pulse: Pulse
}
