import { isGuestId } from '@guestool/core'

/** The id nearest to what somebody wrote: `Mia's Bot` may be called `Mia-s-Bot`. Undefined when there is nothing to begin with. */
export function nearestId(written: string): string | undefined {
  const id = written
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 64)
    .replace(/[.-]+$/, '')
  return isGuestId(id) ? id : undefined
}

/** The first of `base-2`, `base-3`, … that nobody has. */
export function freeId(base: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const id = `${base.slice(0, 60)}-${number}`
    if (!taken.has(id)) return id
  }
}
