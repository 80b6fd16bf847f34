import { isRecord } from '@guestool/core'
import type { Question } from './registry.js'

/**
 * The same for what says the same to a guest, whatever the order of its keys; undefined for what cannot be said. Names
 * have their length before them: a guest's own may have any characters.
 */
export function keyOf({ name, params }: Question): string | undefined {
  if (!isRecord(params)) return undefined
  let key = `${name.length} ${name}`
  try {
    for (const param of keysInOrder(params)) {
      const value = params[param]
      const text = typeof value === 'number' ? value : JSON.stringify(value, sorted)
      if (text !== undefined) key += ` ${param.length} ${param} ${text}`
    }
    return key
  } catch {
    return undefined
  }
}

function sorted(_key: string, value: unknown): unknown {
  return isRecord(value) ? Object.fromEntries(keysInOrder(value).map((key) => [key, value[key]])) : value
}

function keysInOrder(record: object): string[] {
  const keys = Object.keys(record)
  return keys.length < 2 ? keys : keys.toSorted()
}
