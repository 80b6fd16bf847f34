import { isRecord } from '@guestool/core'
import type { Question } from './registry.js'

/** Milliseconds that a guest samples for, as far as the contract knows. */
export function sampleTime({ operation, params }: Question): number {
  const sampling = operation?.sampling
  if (operation === undefined || sampling === undefined) return 0
  // The guest's default, when the caller gave none.
  const applied = sampling in params ? params : operation.checkParams(params)
  const seconds = isRecord(applied) ? applied[sampling] : undefined
  return typeof seconds === 'number' ? seconds * 1000 : 0
}
