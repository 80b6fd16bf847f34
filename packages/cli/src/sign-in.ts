import type { NewCode, Tokens } from '@guestool/server'

/** A link that signs a browser in, once, within ten minutes. What follows the `#` is never sent to anybody. */
export async function signInLink(
  keys: Tokens,
  page: string,
  rights: NewCode = { actions: true, admin: true },
): Promise<string> {
  return `${page.replace(/\/*$/, '/')}#code=${await keys.code(rights)}`
}
