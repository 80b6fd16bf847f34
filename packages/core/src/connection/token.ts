/** What a host knows this side by: a text, or a function that is asked for one at each dial. */
export type Token = string | (() => string | Promise<string>)

/** What every way to send a token can carry. A file's last line break is the usual reason why one is not. */
export function isToken(token: unknown): token is string {
  return typeof token === 'string' && /^[!-~]+$/.test(token)
}

/** What to say of something else, without showing it. */
export const notToken = 'no token: that is a text of visible ASCII, without spaces and line breaks'
