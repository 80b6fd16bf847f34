import type { Clock, Moment } from '@guestool/core'

/**
 * Milliseconds since a moment, by the larger of a machine's two hands. Written down again: what judges the SDK must not
 * be made of it, or a fault there is a fault here, too, and nobody sees it.
 */
export function ageOn(machine: Clock, { at, wallAt }: Moment): number {
  const [monotonic, wall] = [machine.now() - at, machine.wall() - wallAt]
  return monotonic > wall ? monotonic : wall
}
