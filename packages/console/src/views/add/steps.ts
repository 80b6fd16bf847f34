// What becomes of a guest that was just added, from what the hub tells: a page sees nothing of it by itself.

export const stepNames = ['reached', 'token', 'hello', 'value'] as const
type StepName = (typeof stepNames)[number]
type StepState = 'waiting' | 'done' | 'problem'

/** A row of the hub's timeline, as much as is needed of it. */
export interface Entry {
  /** Unix seconds. */
  readonly ts: number
  readonly guest: string
  readonly what: string
  readonly reason: string
  readonly code: number | null
  readonly address: string | null
}

/** How the new guest answered its first question. */
export type FirstAnswer =
  | { readonly state: 'none' | 'asked' }
  | { readonly state: 'answered'; readonly value: string }
  /** With a code of the protocol. */
  | { readonly state: 'failed'; readonly code: string; readonly says: string }

/** What is known. */
export interface Observed {
  readonly id: string
  /** Unix seconds, by the clock of the hub: what was before has nothing to do with this guest. */
  readonly since: number
  /** In any order. */
  readonly entries: readonly Entry[]
  /** When its connection began, in Unix seconds, if it is connected. */
  readonly connected: number | undefined
  readonly answer: FirstAnswer
}

/** What went wrong, and where. `says` are the hub's or the guest's own words. */
interface Problem {
  readonly step: StepName
  readonly what:
    | 'wrong_token'
    | 'other_token'
    | 'taken'
    | 'too_many'
    | 'no_hello'
    | 'bad_hello'
    | 'refused'
    | 'left'
    | 'silent'
  readonly says: string
}

/** Somebody else who was refused: perhaps the new guest, with a slip in its path. */
export interface Stranger {
  readonly guest: string
  readonly address: string | null
  readonly says: string
  /** It certainly is: it brought the new guest's token. */
  readonly certain: boolean
}

export interface Progress {
  readonly steps: { readonly [name in StepName]: StepState }
  readonly problem: Problem | undefined
  readonly strangers: readonly Stranger[]
  /** The first value, once there is one. */
  readonly value: string | undefined
}

/** How long before it was added a slip may lie: somebody tries, and then looks. */
const recently = 300

export function progressOf(observed: Observed): Progress {
  const { id, since, entries, connected, answer } = observed
  const its = entries.filter((entry) => entry.guest === id && entry.ts > since).toSorted(oldestFirst)
  const lastJoin = its.findLast(({ what }) => joins.has(what))
  const joined = Math.max(connected !== undefined && connected > since ? connected : 0, lastJoin?.ts ?? 0)
  if (joined > 0) return after(joined, its, answer)
  const refusal = its.findLast(({ what }) => what === 'refused')
  const strangers = strangersOf(observed)
  if (refusal === undefined) return { ...settled(undefined), strangers, value: undefined }
  // It came under its own name, so that nobody else is likely to be it.
  return { ...refused(refusal), strangers: strangers.filter(({ certain }) => certain), value: undefined }
}

const joins: ReadonlySet<string> = new Set(['joined', 'restarted'])

const oldestFirst = (a: Entry, b: Entry): number => a.ts - b.ts

/** It joined, so that three steps are done whatever was before. */
function after(joined: number, its: readonly Entry[], answer: FirstAnswer): Progress {
  const left = its.findLast(({ what, ts }) => what === 'left' && ts >= joined)
  const known = { strangers: [], value: answer.state === 'answered' ? answer.value : undefined }
  if (answer.state === 'answered') return { ...settled({ done: 4 }), ...known }
  if (left !== undefined) {
    return { ...settled({ done: 3, problem: { step: 'value', what: 'left', says: left.reason } }), ...known }
  }
  if (answer.state !== 'failed') return { ...settled({ done: 3 }), ...known }
  const { code, says } = answer
  // Whatever else it says, it answers.
  if (!unanswered.has(code)) return { ...settled({ done: 4 }), ...known, value: says }
  if (gone.has(code)) return { ...settled({ done: 3 }), ...known }
  return { ...settled({ done: 3, problem: { step: 'value', what: 'silent', says } }), ...known }
}

/** It is not there any more: the timeline says why in a moment. */
const gone: ReadonlySet<string> = new Set(['gone', 'connection_lost', 'connect_timeout', 'closed', 'aborted'])
const unanswered: ReadonlySet<string> = new Set(['timeout', 'expired', 'unresponsive', ...gone])

function refused({ code, reason }: Entry): Pick<Progress, 'steps' | 'problem'> {
  const at = (step: StepName, what: Problem['what']) =>
    settled({ done: stepNames.indexOf(step), problem: { step, what, says: reason } })
  switch (code) {
    case 4401:
      return at('token', 'wrong_token')
    case 4403:
      return at('token', 'other_token')
    case 4429:
      return at('token', 'too_many')
    case 4408:
      return at('hello', 'no_hello')
    case 4400:
      return at('hello', 'bad_hello')
    case 4409:
      return at('hello', 'taken')
    default:
      return at('token', 'refused')
  }
}

function settled(
  known: { done: number; problem?: Problem } | undefined,
): Pick<Progress, 'steps' | 'problem'> {
  const state = (index: number): StepState => (index < (known?.done ?? 0) ? 'done' : 'waiting')
  const steps = { reached: state(0), token: state(1), hello: state(2), value: state(3) }
  const problem = known?.problem
  return { steps: problem === undefined ? steps : { ...steps, [problem.step]: 'problem' }, problem }
}

/** The newest of each kind first. */
function strangersOf({ id, since, entries }: Observed): Stranger[] {
  const seen = new Set<string>()
  // Who was let in afterwards is somebody else.
  const settledSince = (guest: string, ts: number): boolean =>
    entries.some((other) => other.guest === guest && other.ts > ts && joins.has(other.what))
  return entries
    .filter(
      ({ what, guest, ts }) =>
        what === 'refused' && guest !== id && ts > since - recently && !settledSince(guest, ts),
    )
    .toSorted((a, b) => b.ts - a.ts)
    .flatMap(({ guest, address, reason, ts }) => {
      const key = JSON.stringify([guest, address, reason])
      if (seen.has(key)) return []
      seen.add(key)
      return { guest, address, says: reason, certain: ts > since && reason.includes(`guest ${id} alone`) }
    })
    .toSorted((a, b) => Number(b.certain) - Number(a.certain))
    .slice(0, 3)
}
