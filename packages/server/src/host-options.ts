import { limits, systemClock, type Clock } from '@guestool/core'
import { Door, type Authenticate } from './authentication.js'
import type { Authenticator } from './authenticator.js'
import { basePathOf, type EntranceRequest, type EntranceRules } from './entrance.js'
import type { Page } from './http-server.js'
import { isLoopback } from './loopback.js'
import { nameSet, originSet } from './origin.js'
import { addressReader, directAddress } from './peer-address.js'
import { publicUrlOf } from './public-url.js'

/** What a host may be told. Every option has a default that suits most. */
export interface HostOptions {
  /**
   * Says who somebody is: a function, or `tokens(file)` as a whole. With the latter, consoles that are admins can add and
   * remove guests, and guests that have a token but are not here are told of as `gone`. Without it the host takes its own
   * machine only, and whoever runs programs there.
   * @default undefined
   */
  readonly authenticate?: Authenticate | Authenticator
  /**
   * Web pages of these origins may connect, beside the host's own: `['https://console.example']`. Programs that are no
   * browsers send no origin and need not be listed.
   * @default []
   */
  readonly origins?: readonly string[]
  /**
   * Names that the header `Host` may say, with or without a port: `['hub.example']`. Those of this machine
   * (`localhost`, `127.0.0.1`, `[::1]`) and that of `publicUrl` always may.
   * @default any name with `authenticate`, otherwise none
   */
  readonly hosts?: readonly string[]
  /**
   * Where the outside reaches this host, when that is not where it listens: `https://example.com/guestool`. Web pages
   * of its origin may connect, and `listen()` gives it as its `url`. Needs `authenticate`, unless it is this machine.
   * @default undefined
   */
  readonly publicUrl?: string
  /**
   * The path below which everything is: with `/guestool` guests join at `/guestool/join/{id}`. It is what reaches this
   * host, whatever a proxy made of the path in `publicUrl`.
   * @default '/'
   */
  readonly basePath?: string
  /**
   * Answers plain GET and HEAD requests below `basePath` that are not to `/join` or `/guests`, on ports that the host
   * itself listens on: `consolePage()` of `@guestool/console`, or any `(request, response) => …` of Node's `http`. Whoever
   * may not connect because of the address that it comes from, or of the name in the header `Host`, gets 403 and the
   * handler never sees it; anybody else gets what it answers, so that it must not tell of guests. What it throws is
   * emitted as `error` and answered with 500. With `attach`, give the handler to the server yourself.
   * @default a text that says what this is
   */
  readonly page?: Page
  /**
   * The proxies in front of this host whose `X-Forwarded-For` is believed: `'loopback'` (and `'linklocal'`,
   * `'uniquelocal'`), addresses, or subnets such as `10.0.0.0/8`, one or a list. The peer's address is then the
   * rightmost one that is no trusted proxy's; what stands left of it, anybody could have written.
   * @default []
   */
  readonly trustProxy?: string | readonly string[]
  /**
   * Bytes of the largest frame, either way. A guest or console that sends a larger one is closed with 1009.
   * @default 1048576
   */
  readonly maxPayload?: number
  /**
   * Requests of one console that are worked on at once; more are answered `busy`.
   * @default 1024
   */
  readonly maxPending?: number
  /**
   * Messages that a guest or a console may send in a second without being asked for them (requests, events, pings),
   * after a burst of 4096; a large one counts as one for each 4 KiB. One that sends more is read more slowly, so that it
   * has to wait; nothing is lost.
   * @default 2000
   */
  readonly messagesPerSecond?: number
  /**
   * Connections of one address at once, an IPv6 address standing for its network (/64); more are closed with 4429.
   * Behind a proxy all have the address of the proxy, unless it is trusted.
   * @default 256
   */
  readonly connectionsPerAddress?: number
  /**
   * Connections at once; more are closed with 1013.
   * @default 20000
   */
  readonly maxConnections?: number
  /**
   * Whoever asks a guest for an info that it is being asked for already, with equal parameters, gets the same answer, and
   * a console gets one that came within the last second if it has not had it: a hundred consoles that look at one guest
   * once a second cost it one sample a second. Not for actions, and not beyond one, or an event. What a result's schema leaves
   * unchecked (`z.unknown()`) is then one object for all: do not change it. `false` sends each request; only those that
   * must run alone, as `cpu`, still share.
   * @default true
   */
  readonly share?: boolean
  /**
   * What becomes of a console's request that this host's contract does not know: `forward` hands it to the guest, which
   * may know it by a contract of its own (a name that no contract can have is not handed on); `refuse` answers
   * `unknown_operation`.
   * @default 'forward'
   */
  readonly unknownOperations?: 'forward' | 'refuse'
  /**
   * Keeps the last 24 hours of each guest in memory, a value a minute, about 13 KB a guest, and which of its bots are
   * online, for the hub's infos `history` and `vitals`. For that each guest is asked `memory`, `cpu`, `bots`,
   * `recv_events` and `apicall` once a minute, `time` when it joins, and the first three about every ten seconds while a
   * console asks for its history. `false` asks nothing and keeps nothing of this: both infos are `unsupported` then, and
   * the info `timeline` does not tell a guest that restarted from one that joined.
   * @default true
   */
  readonly history?: boolean
  /** Another clock: a test's. */
  readonly clock?: Clock
}

/** The options with their defaults, checked. */
export interface HostSettings {
  /** Undefined where nobody asks who is who. */
  readonly door: Door | undefined
  /** Undefined where the host does not know which guests there are to be. */
  readonly authenticator: Authenticator | undefined
  readonly rules: EntranceRules
  readonly page: Page | undefined
  readonly publicUrl: string | undefined
  readonly addressOf: (request: EntranceRequest) => string | undefined
  readonly maxPayload: number
  readonly maxPending: number
  readonly messagesPerSecond: number
  readonly connectionsPerAddress: number
  readonly maxConnections: number
  readonly share: boolean
  readonly forwardsUnknown: boolean
  readonly history: boolean
  readonly clock: Clock
}

/** @throws {TypeError} when an option is not what it has to be */
export function settingsOf(options: HostOptions): HostSettings {
  const { authenticate, clock = systemClock } = options
  const authenticator =
    authenticate === undefined || typeof authenticate === 'function'
      ? undefined
      : authenticatorOf(authenticate)
  const identify: Authenticate | undefined =
    typeof authenticate === 'function'
      ? authenticate
      : authenticator && ((visitor) => authenticator.authenticate(visitor))
  if (options.page !== undefined && typeof options.page !== 'function')
    throw new TypeError(
      'the option page is no function; give it one, such as consolePage() of @guestool/console',
    )
  const { maxPayload = limits.maxPayload, maxPending = limits.maxPending, history = true } = options
  return {
    door: identify && new Door(identify, clock),
    authenticator,
    ...placeOf(options),
    page: options.page,
    addressOf:
      authenticate === undefined && options.trustProxy === undefined
        ? directAddress
        : addressReader(options.trustProxy ?? []),
    maxPayload,
    maxPending,
    messagesPerSecond: options.messagesPerSecond ?? limits.messagesPerSecond,
    connectionsPerAddress: options.connectionsPerAddress ?? limits.connectionsPerAddress,
    maxConnections: options.maxConnections ?? limits.maxConnections,
    share: options.share ?? true,
    forwardsUnknown: options.unknownOperations !== 'refuse',
    history,
    clock,
  }
}

/**
 * The option `authenticate` that is no function.
 *
 * @throws {TypeError} when it is no authenticator either
 */
function authenticatorOf(given: Authenticator): Authenticator {
  for (const name of ['authenticate', 'guests', 'addGuest', 'removeGuest'] as const)
    if (typeof given?.[name] !== 'function')
      throw new TypeError(
        `the option authenticate has no function ${name}; give it a function, or tokens(file)`,
      )
  return given
}

/** Where a host is, as the outside calls it, and who may come there. */
function placeOf(options: HostOptions): Pick<HostSettings, 'rules' | 'publicUrl'> {
  const { origins = [], hosts, basePath = '/' } = options
  const localOnly = options.authenticate === undefined
  const outside = options.publicUrl === undefined ? undefined : publicUrlOf(options.publicUrl)
  if (localOnly && outside !== undefined && !isLoopback(outside.name)) {
    throw new TypeError(
      `publicUrl ${outside.url} would let anybody in who gets there; give createHost an "authenticate", too`,
    )
  }
  const allowed = originSet(origins)
  const names = hosts === undefined && !localOnly ? undefined : nameSet(hosts ?? [])
  if (outside !== undefined) {
    allowed.add(outside.origin)
    names?.add(outside.name)
  }
  return {
    rules: { origins: allowed, names, basePath: basePathOf(basePath), localOnly },
    publicUrl: outside?.url,
  }
}
