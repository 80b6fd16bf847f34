import type { EntranceRequest } from './entrance.js'
import { isLoopback } from './loopback.js'

/** Which web pages may connect. */
export interface OriginRules {
  /** Origins that may, beside the host's own. */
  readonly origins: ReadonlySet<string>
  /** Names that the header `Host` may say, beside this machine's own; undefined when it may say any. */
  readonly names: ReadonlySet<string> | undefined
  /** The host authenticates nobody, so that nothing but its own machine may be let in. */
  readonly localOnly: boolean
}

/**
 * Why a request must be a web page's that has no business here, in a sentence; undefined when it may be let in. Other
 * programs send no Origin: they can do no more than the user who runs them.
 */
export function foreignPage({ headers }: EntranceRequest, rules: OriginRules): string | undefined {
  const { host = '', origin } = headers
  const wrongName = foreignName(host, rules)
  if (wrongName !== undefined) return wrongName
  const name = host.toLowerCase()
  if (origin === undefined || rules.origins.has(origin) || (name !== '' && originHost(origin) === name))
    return undefined
  return 'this Origin may not connect; the host\'s option "origins" can allow it'
}

/**
 * Why the header `Host` cannot be that of somebody who has business here, in a sentence. A page whose name was made to
 * point at this machine (DNS rebinding) is of the same origin as far as a browser knows, but it cannot help sending the
 * name.
 */
export function foreignName(host: string, { names, localOnly }: OriginRules): string | undefined {
  const name = host.toLowerCase()
  const plain = name.replace(/:\d+$/, '')
  if (names === undefined || names.has(name) || names.has(plain) || isLoopback(plain)) return undefined
  return localOnly
    ? 'without "authenticate", Host must be localhost, 127.0.0.1 or [::1], or one of the option "hosts"'
    : 'this Host is none of this host\'s names; its option "hosts" can allow it'
}

/** Host and port of an origin; undefined for `null` and other things that are no origin. */
function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/**
 * The list of a host's option `origins`, checked early: a slip would only show as pages that cannot connect.
 *
 * @throws {TypeError} when an entry is not written as a browser sends it
 */
export function originSet(origins: readonly string[]): Set<string> {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(`"${origin}" is not an origin; write it as https://console.example, without a path`)
    }
  }
  return new Set(origins)
}

/**
 * The list of a host's option `hosts`, checked early for the same reason.
 *
 * @throws {TypeError} when an entry is neither a name nor a name with a port
 */
export function nameSet(hosts: readonly string[]): Set<string> {
  const names = hosts.map((host) => host.toLowerCase())
  for (const name of names) {
    if (!/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(name))
      throw new TypeError(`"${name}" is no name of a host; write it as hub.example, or hub.example:8443`)
  }
  return new Set(names)
}
