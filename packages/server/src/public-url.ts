/** Where the outside reaches a host. */
export interface PublicUrl {
  /** The origin of web pages of that place, as a browser sends it. */
  readonly origin: string
  /** The name of the host, without a port. */
  readonly name: string
  /** Where to dial: `wss://example.com/guestool`. */
  readonly url: string
}

/**
 * Reads the option `publicUrl`.
 *
 * @throws {TypeError} when it is no URL that leads to a host
 */
export function publicUrlOf(text: string): PublicUrl {
  const match = /^(?:http|ws)(s?):\/\/[^/?#@]+(?:\/[^?#]*)?$/.exec(text)
  if (match === null || !URL.canParse(text))
    throw new TypeError(
      'publicUrl is no URL of a host; write it as https://example.com or https://example.com/guestool',
    )
  const [, s = ''] = match
  const { host, hostname, pathname } = new URL(text)
  return {
    origin: `http${s}://${host}`,
    name: hostname,
    url: `ws${s}://${host}${pathname.replace(/\/$/, '')}`,
  }
}
