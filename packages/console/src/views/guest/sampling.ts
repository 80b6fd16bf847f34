/** A question for processes: the sampling time that was asked for, and what it took, both in seconds. */
export interface Sampling {
  readonly smptime: number
  readonly took: number
}

const usual = 0.5
const least = 0.005
/** What a question may take, so that others have their turn: a guest answers one that samples at a time. */
const wanted = 4

/**
 * How long to sample processes next. The public Python guest, of revision 2, takes one process after another, so long
 * each: it is asked for no sampling at all, then for very little, and then for what it has shown to have time for.
 */
export function nextSmptime(revision: number, before: Sampling | undefined): number {
  if (before === undefined) return revision === 2 ? 0 : usual
  if (before.smptime === 0) return 2 * least
  const fitting = (before.smptime * wanted) / Math.max(before.took, 0.1)
  return Math.round(Math.min(Math.max(fitting, least), usual) * 1_000) / 1_000
}
