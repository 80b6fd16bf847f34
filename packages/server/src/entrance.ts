import { closeCode, isGuestId, type Refusal } from '@guestool/core'
import { isLoopback } from './loopback.js'
import { foreignName, foreignPage, type OriginRules } from './origin.js'

/** What is known of a socket before it is one: the least of an HTTP upgrade request. */
export interface EntranceRequest {
  /** The request target as it came: path and query, not decoded. */
  readonly url: string
  readonly headers: EntranceHeaders
  /** The peer's address; undefined where there is none, as with a Unix socket. */
  readonly address: string | undefined
}

/** Header fields by their name in lower case, as Node has them. */
export interface EntranceHeaders {
  readonly [name: string]: string | readonly string[] | undefined
  readonly host?: string | undefined
  readonly origin?: string | undefined
}

/** Who wants to come in. A guest that did not say its id gets one; a console that names no guest asks the hub. */
export interface Visit {
  readonly role: 'guest' | 'console'
  readonly id: string | undefined
}

/** Somebody who may not come in; `asPage` is a web page that hears it by HTTP status. */
export interface TurnedAway {
  readonly refusal: Refusal
  readonly asPage: boolean
}

/** Who somebody says that it is: undefined where the path says nothing, an empty id where it has none. */
export interface Claimant {
  readonly role: Visit['role'] | undefined
  readonly id: string
}

/** What a host lets in, before it asks who it is. */
export interface EntranceRules extends OriginRules {
  /** What all paths begin with: empty, or `/guestool`. */
  readonly basePath: string
}

/** Path and query of a request target. */
export function splitTarget(url: string): { path: string; query: string } {
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

/**
 * The option `basePath` as paths are read with it: without a slash at the end, so that `/` is empty.
 *
 * @throws {TypeError} when it is no path, or one that not everybody writes the same way
 */
export function basePathOf(path: string): string {
  const plain = path.replace(/\/$/, '')
  if (/^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/.test(plain)) return plain
  throw new TypeError(
    `the basePath "${path}" is none; write it as /guestool, of letters, digits, ".", "_", "~", "-"`,
  )
}

/** Whether a request target is a host's even beside other things on the same server. */
export function isEntrance(url: string, basePath: string): boolean {
  return /^\/(join|guests)(\/|$)/.test(pathBelow(basePath, url) ?? '')
}

/** The path of a request target below the base path, which may have a slash or none; undefined when it is not below. */
export function pathBelow(basePath: string, url: string): string | undefined {
  const { path } = splitTarget(url)
  if (basePath === '') return path
  if (path === basePath) return '/'
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined
}

/** Reads from a request who it says that it is. */
export function claimantOf({ url }: Pick<EntranceRequest, 'url'>, basePath: string): Claimant {
  const path = pathBelow(basePath, url)
  if (path === '/') return { role: 'guest', id: '' }
  // Always on the raw path: what is not decoded cannot be decoded in two ways.
  const [, room, id = ''] = /^\/(join|guests)(?:\/(.*))?$/s.exec(path ?? '') ?? []
  if (room === undefined) return { role: undefined, id: '' }
  return { role: room === 'join' ? 'guest' : 'console', id }
}

/** Reads from a request who wants to come in, and turns away whom nothing else can help. */
export function visitOf(request: EntranceRequest, rules: EntranceRules): Visit | TurnedAway {
  const path = pathBelow(rules.basePath, request.url)
  const { role, id } = claimantOf(request, rules.basePath)
  if (role === undefined) {
    const below = rules.basePath === '' ? '' : `below ${rules.basePath} `
    return turnedAway(
      closeCode.notFound,
      `no such path: ${below}guests join at /join/{id}, consoles ask at /guests or /guests/{id}`,
    )
  }
  if (isStranger(request, rules)) return turnedAway(closeCode.unauthenticated, ownMachineOnly)
  const foreign = foreignPage(request, rules)
  if (foreign !== undefined) return turnedAway(closeCode.forbidden, foreign, role === 'console')
  if (path === '/' || path === '/guests') return { role, id: undefined }
  if (isGuestId(id)) return { role, id }
  const form = '1 to 64 letters, digits, "_", "-", "." (not first), as they are, without %'
  return turnedAway(closeCode.malformed, `not an id: an id is ${form}`)
}

/** Why a visitor may not see the host's page, in a sentence; undefined when it may: the page says nothing of guests. */
export function pageRefusal(request: EntranceRequest, rules: EntranceRules): string | undefined {
  if (isStranger(request, rules)) return ownMachineOnly
  return foreignName(request.headers.host ?? '', rules)
}

const ownMachineOnly =
  'this host has no "authenticate": it takes its own machine only, and nobody through a proxy'

function isStranger({ address }: EntranceRequest, { localOnly }: EntranceRules): boolean {
  return localOnly && address !== undefined && !isLoopback(address)
}

function turnedAway(code: number, reason: string, asPage = false): TurnedAway {
  return { refusal: { code, reason }, asPage }
}
