import { errorReply, Failure, isRecord, readReply, type Operation, type OperationKind } from '@guestool/core'

/** What came of a request. Neither content nor refusal: silence. */
export interface Asked {
  readonly ms: number
  readonly content?: unknown
  readonly refusal?: Refusal
}

interface Refusal {
  readonly code: string
  readonly error: string
}

/** Whatever a guest can be asked through. Params are sent as they are. */
export interface Asking {
  /** @param wait milliseconds after which it counts as silence */
  ask(kind: OperationKind, name: string, params: object, wait: number): Promise<Asked>
}

/** A reply as a host would take it. */
export type Outcome =
  | { readonly is: 'result' | 'silence' }
  | { readonly is: 'misfit'; readonly problem: string }
  /** `code` is undefined where the guest gave none. */
  | { readonly is: 'refusal'; readonly code: string | undefined; readonly error: string }

/** @param operation without it any content is a result, unless it says that it is an error */
export function outcomeOf(asked: Asked, operation?: Operation): Outcome {
  const { content, refusal } = asked
  if (refusal !== undefined) return { is: 'refusal', ...refusal }
  if (!('content' in asked)) return { is: 'silence' }
  const failure = errorReply(content)
  if (failure !== undefined) return { is: 'refusal', code: failure.code, error: failure.text }
  if (operation !== undefined) {
    const read = readReply(operation, content)
    if (!(read instanceof Failure)) return { is: 'result' }
    if (read.code === 'invalid_result') return { is: 'misfit', problem: read.text }
  } else if (!isRecord(content) || typeof content['error'] !== 'string' || Object.keys(content).length > 1) {
    return { is: 'result' }
  }
  return { is: 'refusal', code: undefined, error: isRecord(content) ? String(content['error']) : '' }
}

/** An outcome in a word or two. */
export function said(outcome: Outcome): string {
  switch (outcome.is) {
    case 'result':
      return 'fits'
    case 'silence':
      return 'no answer'
    case 'misfit':
      return 'does not fit'
    case 'refusal':
      return outcome.code ?? `refused without a code: ${outcome.error}`
  }
}
