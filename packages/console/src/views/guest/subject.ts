import type { GuestRecord, Hub, HubGuest } from '@guestool/client'
import { Track } from './track.js'

/** The guest that a view is about. */
export interface Subject {
  readonly hub: Hub
  readonly guest: HubGuest
  readonly record: GuestRecord
  /** Whether it can be asked at the moment. */
  readonly active: boolean
}

/** What is known of a guest over time. */
export interface Tracks {
  /** percent, and load of 1, 5 and 15 minutes */
  readonly cpu: Track
  /** percent of memory and of swap */
  readonly memory: Track
  /** bytes of the process that is the guest, once one was found */
  runtime: { readonly pid: number; readonly track: Track } | undefined
}

/** Seconds between samples. */
export const liveEvery = 2
export const processesEvery = 15

const mostKept = 8
const kept = new WeakMap<Hub, Map<string, Tracks>>()

/** Kept while one looks at other views, for the guests that were looked at last. */
export function tracksOf(hub: Hub, id: string): Tracks {
  const ofHub = kept.get(hub) ?? new Map<string, Tracks>()
  kept.set(hub, ofHub)
  const tracks = ofHub.get(id) ?? {
    cpu: new Track(4, liveEvery),
    memory: new Track(2, liveEvery),
    runtime: undefined,
  }
  ofHub.delete(id)
  ofHub.set(id, tracks)
  for (const oldest of ofHub.keys()) {
    if (ofHub.size <= mostKept) break
    ofHub.delete(oldest)
  }
  return tracks
}
