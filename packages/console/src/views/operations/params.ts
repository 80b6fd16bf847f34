import { isRecord } from '@guestool/core'
import type { Field, Form } from './form.js'

/** What is wrong with what was filled in. */
export type Problem = 'missing' | 'not_a_number' | 'not_an_integer' | 'not_json' | 'not_an_object'

/** The parameters, or the field that is wrong; `undefined` is that of the rest. */
export type Filled =
  | { readonly params: Readonly<Record<string, unknown>> }
  | { readonly field: string | undefined; readonly problem: Problem }

/** What a person filled in: texts by the names of fields. */
export type Texts = ReadonlyMap<string, string>

/** The parameters from what was filled in. Only what was given is sent: whoever is asked knows its own defaults. */
export function paramsOf({ fields, rest }: Form, texts: Texts, restText: string): Filled {
  const given: [string, unknown][] = []
  if (rest && restText.trim() !== '') {
    const more = parsed(restText)
    if (more === undefined) return { field: undefined, problem: 'not_json' }
    if (!isRecord(more.value)) return { field: undefined, problem: 'not_an_object' }
    given.push(...Object.entries(more.value))
  }
  for (const field of fields) {
    const text = texts.get(field.name) ?? ''
    // A text that must be given may be an empty one.
    if (text.trim() === '' && !(field.kind === 'text' && (field.required || text !== ''))) {
      if (field.required) return { field: field.name, problem: 'missing' }
      continue
    }
    const read = valueOf(field, text)
    if ('problem' in read) return { field: field.name, problem: read.problem }
    given.push([field.name, read.value])
  }
  // Makes own keys, also of a parameter that is called __proto__.
  return { params: Object.fromEntries(given) }
}

type Read = { readonly value: unknown } | { readonly problem: Problem }

function valueOf({ kind, nullable }: Field, text: string): Read {
  if (kind === 'text') return { value: text }
  if (nullable && text.trim() === 'null') return { value: null }
  if (kind !== 'number' && kind !== 'integer') return parsed(text) ?? { problem: 'not_json' }
  const value = Number(text)
  if (!Number.isFinite(value)) return { problem: 'not_a_number' }
  return kind === 'integer' && !Number.isInteger(value) ? { problem: 'not_an_integer' } : { value }
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
