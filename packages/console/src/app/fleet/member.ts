import type { GuestRecord } from '@guestool/client'
import type { HubShape } from '@guestool/core'
import { conditionOf as recordCondition, type Condition } from '@guestool/core/condition'

export type Vitals = HubShape['info']['vitals']['result'][number]

/** A guest as the console knows it. Never changed: what changes is another one. */
export interface Member {
  readonly id: string
  readonly state: GuestRecord['state']
  /** Unix seconds */
  readonly stateTs: number
  /** Unix seconds; null when it has a token and did not come yet. */
  readonly connectedTs: number | null
  readonly address: string | null
  readonly roundTripMs: number | null
  /** Why it left, in the words of the hub. */
  readonly reason: string | undefined
  readonly vitals: Vitals | undefined
}

export function conditionOf({ state, connectedTs, vitals }: Member): Condition {
  return recordCondition({ state, connected_ts: connectedTs }, vitals?.bots)
}

/** A host that was restarted does not know who was there before; a page that was open all the time does. */
export function memberOf(
  record: GuestRecord,
  before: Member | undefined,
  vitals: Vitals | undefined,
): Member {
  const { id, state, state_ts, connected_ts, address, round_trip_ms } = record
  return {
    id,
    state,
    stateTs: state_ts,
    connectedTs: connected_ts ?? before?.connectedTs ?? null,
    address: address ?? before?.address ?? null,
    roundTripMs: round_trip_ms,
    reason: state === 'gone' ? before?.reason : undefined,
    vitals,
  }
}
