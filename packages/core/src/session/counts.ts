/** What a session counts. Numbers only grow. */
export interface Counts {
  /** text frames that arrived */
  received: number
  /** text frames handed to the socket */
  sent: number
  /** bad frames: not JSON, not the envelope, binary */
  malformed: number
  /** replies that came after a minute: refused and rejected */
  late: number
  /** replies to calls that the caller had ended before: dropped */
  abandoned: number
  /** messages whose `opid` was already answered or is being worked on: dropped */
  duplicate: number
  /** replies to nothing this session remembers: rejected */
  unknown: number
  /** rejections that arrived */
  rejected: number
  /** events that no contract knows or whose data does not fit: dropped */
  strangeEvents: number
}

export function newCounts(): Counts {
  return {
    received: 0,
    sent: 0,
    malformed: 0,
    late: 0,
    abandoned: 0,
    duplicate: 0,
    unknown: 0,
    rejected: 0,
    strangeEvents: 0,
  }
}

/** Adds `counts` to `total`, which changes. */
export function addCounts(total: Counts, counts: Counts | undefined): Counts {
  for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts?.[name] ?? 0
  return total
}
