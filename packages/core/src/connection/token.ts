import * as limits from '../limits.js'

/** What a host knows this side by: a text, or a function that is asked for one at each dial. */
export type Token = string | (() => string | Promise<string>)

/** Visible ASCII: the same text by every way to send it. The line break of a file that it was read from is not. */
export function isToken(token: unknown): token is string {
  return typeof token === 'string' && token.length <= limits.tokenLength && /^[!-~]+$/.test(token)
}

/** What to say of something else, without showing it. */
export const notToken = `no token: 1 to ${limits.tokenLength} visible ASCII characters`
