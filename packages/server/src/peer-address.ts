import { isIP } from 'node:net'
import { compile } from 'proxy-addr'
import type { EntranceRequest } from './entrance.js'

/**
 * Reads from a request the address of its peer, behind the proxies that are trusted: the rightmost one of
 * `X-Forwarded-For` that is no trusted proxy's. Whatever stands left of it, the peer may have made up. What a trusted
 * proxy gives that is no address counts as `unknown`, which is no machine's.
 *
 * @throws {TypeError} when an entry is neither an address nor a subnet nor one of the three names
 */
export function addressReader(
  trusted: string | readonly string[],
): (request: EntranceRequest) => string | undefined {
  const trusts = trustOf(trusted)
  return ({ headers, address }) => {
    const forwarded = headers['x-forwarded-for']
    if (forwarded === undefined) return address
    const hops = String(forwarded).split(',')
    let hop = address
    // A proxy that comes by a Unix socket is on this machine.
    for (let i = 0; hops.length > 0 && trusts(hop ?? '127.0.0.1', i); i++) hop = hops.pop()?.trim() ?? ''
    return hop === undefined || hop === address || isIP(hop) !== 0 ? hop : 'unknown'
  }
}

/**
 * The address of a peer that only this machine's own may have: what came through a proxy that nobody trusts, came from
 * anywhere, and a proxy here would else pass for the machine itself.
 */
export function directAddress({ headers, address }: EntranceRequest): string | undefined {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined
  return isForwarded ? 'unknown' : address
}

function trustOf(trusted: string | readonly string[]): (address: string, hop: number) => boolean {
  try {
    return compile([trusted].flat())
  } catch {
    const given = JSON.stringify(trusted)
    throw new TypeError(
      `trustProxy is ${given}; give "loopback", "linklocal", "uniquelocal", addresses such as 10.1.2.3, or subnets such as 10.0.0.0/8`,
    )
  }
}

/**
 * What counts as one address. Whoever has one IPv6 address has 2⁶⁴ of them, all with the same first half; all Unix
 * sockets are one.
 */
export function networkOf(address = ''): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*/, '')
  if (isIP(plain) !== 6) return plain
  // The shortest form, of many that mean the same.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::', 2)
  const before = head.split(':')
  const after = tail?.split(':') ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group || '0')
    .join(':')
}
