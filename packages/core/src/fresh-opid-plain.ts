// What fresh-opid.ts does, in a third of the code. In a browser `#fresh-opid` (package.json) is this in its place: a page
// does not ask so often that it notices.

import { random } from 'nanoid'
import { form } from './opid.js'

/** A fresh uuid4. Never reuse one: an `opid` names one message for ever. */
export function newOpid(): string {
  const bytes = random(form.length)
  return form.replaceAll(/[xv]/g, (digit, at: number) => {
    const byte = bytes[at] ?? 0
    return (digit === 'x' ? byte & 0x0f : (byte & 0x03) | 0x08).toString(16)
  })
}
