/** What a host knows this side by: a text, or a function that is asked for one at each dial. */
export type Token = string | (() => string | Promise<string>)

/** What every way to send a token can carry. A line break of the file it was read from cannot. */
export function isToken(token: unknown): token is string {
  return typeof token === 'string' && /^[!-~]+$/.test(token)
}

/** What to say of something else, without showing it. */
export const notToken = 'no token: visible ASCII without spaces'
