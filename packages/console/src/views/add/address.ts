/** Where guests can join. */
export interface Address {
  /** `page` is where this page is looked at, if it is none of the others. */
  readonly kind: 'local' | 'network' | 'container' | 'public' | 'page'
  /** `ws://192.168.1.20:37103`, to which `/join/{id}` is added. */
  readonly url: string
  /** Whether the host listens there. */
  readonly open: boolean
}

/**
 * The addresses that a hub tells, and the one by which this page found it: behind a proxy nobody else knows it.
 *
 * @param hubUrl of this page's own hub, `wss://console.example/guestool`
 */
export function withPage(addresses: readonly Address[], hubUrl: string): Address[] {
  const url = bare(hubUrl)
  const known = addresses.map((address) => ({ ...address, url: bare(address.url) }))
  if (known.some((address) => address.url === url) || isLoopback(url)) return known
  // Whoever looks at this page came that way, so it is open.
  return [{ kind: 'page', url, open: true }, ...known]
}

/** The one to begin with: the farthest that is open, since most guests are not on the host's own machine. */
export function firstChoice(addresses: readonly Address[]): Address | undefined {
  const order = ['page', 'public', 'network', 'local', 'container'] as const
  const open = addresses.filter((address) => address.open)
  return order.flatMap((kind) => open.filter((address) => address.kind === kind))[0] ?? addresses[0]
}

/** What a guest dials. The name and the token stand before the address because the public guest knows nothing but a URL. */
export function joinUrl(address: string, id: string, token: string | null): string {
  const url = bare(address)
  return `${token === null ? url : url.replace('://', `://${id}:${token}@`)}/join/${id}`
}

/** The one line of the bot's `.env`. */
export function dotenvLine(url: string): string {
  return `GUEST_CONNECTION_HOSTURL=${url}`
}

/** The port of an address, for whoever has to open it. */
export function portOf(address: string): string {
  const { port, protocol } = new URL(address)
  return port === '' ? (protocol === 'wss:' ? '443' : '80') : port
}

function bare(url: string): string {
  return url.replace(/\/+$/, '').replace(/^http/, 'ws')
}

function isLoopback(url: string): boolean {
  return /^wss?:\/\/(localhost|127\.|\[::1\])/.test(url)
}
