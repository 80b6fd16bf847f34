import { encode, isRecord, type Message } from '@guestool/core'

// Frames hold tokens in two places only: the results of sign_in and add_guest. Nobody who looks over a shoulder, and
// nobody who is sent a recording, may have them.

const hidden = '(hidden)'
const tokenForm = /(guestool_[0-9a-z]{8}\.)[\w-]{16,}/g

/** The text of a frame as it may be shown, copied and saved. */
export function masked(text: string, message: Message | undefined): string {
  if (message !== undefined && isRecord(message.opct) && typeof message.opct.token === 'string') {
    const { opid, opnm, opct } = message
    return maskedText(encode(opid, opnm, { ...opct, token: maskedToken(message.opct.token) }))
  }
  return maskedText(text)
}

/** The name of a token's key is no secret, and says which it is. */
function maskedToken(token: string): string {
  const shown = maskedText(token)
  return shown === token ? hidden : shown
}

function maskedText(text: string): string {
  return text.includes('guestool_') ? text.replaceAll(tokenForm, `$1${hidden}`) : text
}
