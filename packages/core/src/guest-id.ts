import * as limits from './limits.js'

const idForm = /^[\w-][\w.-]{0,63}$/

/** Whether a text may be the id of a guest: 1 to 64 letters, digits, `_`, `-`, `.` (not first). */
export function isGuestId(id: string): boolean {
  return idForm.test(id)
}

/** Characters of a pattern: some sixty ids of the longest kind. */
export const longestPattern = 4_096

const patternForm = /^[\w.*-]{1,64}(,[\w.*-]{1,64})*$/

/**
 * What tells the ids that a pattern means from others. A pattern is an id, in which `*` stands for any characters, or
 * several of them: `alpha`, `team-*`, `alpha,team-*`; `*` alone is every guest. It has 32 `*` at most.
 *
 * @throws {TypeError} when it is no pattern
 */
export function guestPattern(pattern: string): (id: string) => boolean {
  if (pattern === '*') return () => true
  if (pattern.length > longestPattern || !patternForm.test(pattern))
    throw new TypeError(
      `"${pattern.slice(0, 64)}" is no pattern of guest ids; write alpha, team-*, or several with commas`,
    )
  const each = pattern.split(',').map((glob) => glob.split('*'))
  // Every id of a hub is held against it, so that ids alone cost nothing, and `*` not much.
  const ids = new Set(each.flatMap((parts) => (parts.length === 1 ? parts : [])))
  const globs = each.filter((parts) => parts.length > 1)
  const stars = globs.reduce((sum, parts) => sum + parts.length - 1, 0)
  if (stars > limits.patternStars)
    throw new TypeError(
      `a pattern of guest ids with ${stars} "*" has over ${limits.patternStars}; name what they have in common`,
    )
  return (id) => ids.has(id) || globs.some((parts) => fits(id, parts))
}

/** Whether a text is these parts in their order, with anything between them: each search goes on where the last ended. */
function fits(id: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts
  const last = others.pop()
  if (last === undefined) return id === first
  if (!id.startsWith(first) || id.length < first.length + last.length || !id.endsWith(last)) return false
  let from = first.length
  const end = id.length - last.length
  for (const part of others) {
    const at = id.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
