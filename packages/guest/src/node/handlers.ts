import type { GuestoolShape, InfoHandlers } from '@guestool/core'

type All = InfoHandlers<GuestoolShape>
type Machine = Exclude<keyof All, 'bots' | 'bots_connect_time' | 'recv_events' | 'apicall'>

/** Handlers of the infos that a machine can answer; those about bots are the guest's. */
export type SystemInfoHandlers = { readonly [N in Machine]: Exclude<All[N], 'unsupported'> }

/** What a handler answers with. */
export type ResultOf<N extends Machine> = Awaited<ReturnType<SystemInfoHandlers[N]>>
