import { isToken } from '@guestool/core'
import { splitTarget, type EntranceRequest } from './entrance.js'

/**
 * The token of a request, as it was made: of the header `Authorization` (`Bearer`, or `Basic`, as a URL's userinfo is
 * sent), of the subprotocol `bearer.<base64url>` that a browser offers beside `guestool`, or of `?token=`, in this
 * order. Undefined when there is none. One that is there and cannot be read is none either: what comes after it in that
 * order is not looked at, so that nobody gets in by another token than the one that a proxy or a log shows.
 */
export function tokenOf({ url, headers }: EntranceRequest): string | undefined {
  const given =
    fromAuthorization(headers['authorization']) ??
    fromProtocols(headers['sec-websocket-protocol']) ??
    fromQuery(splitTarget(url).query)
  return given !== undefined && isToken(given) ? given : undefined
}

// Each gives undefined where there is no credential of its kind, and an empty text for one that cannot be read.

function fromAuthorization(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+) *$/.exec(String(header)) ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials
    case 'basic': {
      const pair = decoded(unpadded(credentials), 'base64')
      const colon = pair.indexOf(':')
      // The user is whoever the URL says it is; a URL with one part only has the token there.
      return colon < 0 ? '' : pair.slice(colon + 1) || pair.slice(0, colon)
    }
    default:
      return ''
  }
}

function fromProtocols(header: string | readonly string[] | undefined): string | undefined {
  const offered = String(header ?? '').split(',')
  return only(
    offered.map((each) => each.trim()).filter((each) => each.startsWith('bearer.')),
    (each) => decoded(each.slice('bearer.'.length), 'base64url'),
  )
}

function fromQuery(query: string): string | undefined {
  return only(
    query.split('&').filter((each) => each.startsWith('token=')),
    (each) => {
      try {
        return decodeURIComponent(each.slice('token='.length))
      } catch {
        return ''
      }
    },
  )
}

/** Of two that do not have to be the same, neither. */
function only(credentials: readonly string[], read: (credential: string) => string): string | undefined {
  const [first, ...others] = credentials
  if (first === undefined) return undefined
  return others.length === 0 ? read(first) : ''
}

/** The text that was encoded; empty when it was not encoded that way. */
function decoded(text: string, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.from(text, encoding)
  return unpadded(bytes.toString(encoding)) === text ? bytes.toString('utf8') : ''
}

// Not by an expression: one that looks for `=` at the end takes a quarter of a second of a header that is full of them.
function unpadded(text: string): string {
  let end = text.length
  while (text[end - 1] === '=') end--
  return text.slice(0, end)
}
