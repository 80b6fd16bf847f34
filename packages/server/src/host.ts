import type { Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import {
  defaultPort,
  guestool,
  GuestoolError,
  once,
  type Contract,
  type Dial,
  type GuestoolShape,
  type Shape,
} from '@guestool/core'
import { addressesOf } from './addresses.js'
import type { EntranceRequest } from './entrance.js'
import type { GuestConnection } from './guest-connection.js'
import { settingsOf, type HostOptions, type HostSettings } from './host-options.js'
import { HostCore, type HostCounts, type HostEvents } from './host-core.js'
import {
  countConnections,
  createHostServer,
  startListening,
  stopListening,
  type HostAddress,
} from './http-server.js'
import { isLoopback } from './loopback.js'
import { entranceOf, upgradeSockets } from './ws.js'

/** Where to listen. */
export interface ListenOptions {
  /**
   * The address to listen on. Any but this machine's own needs the option `authenticate`.
   * @default '127.0.0.1'
   */
  readonly address?: string
}

/** Takes guests and consoles in, and asks guests. */
export interface Host<S extends Shape = GuestoolShape> {
  /** What may be asked, and the types of it. */
  readonly contract: Contract<S>
  /** The guests that are connected now, oldest first: a list of its own each time. */
  readonly guests: readonly GuestConnection<S>[]
  /** How many are connected, and what was said with them. */
  readonly counts: HostCounts
  /** The guest that holds this id now, if one does. */
  guest(id: string): GuestConnection<S> | undefined
  /** Listens for what happens; see {@link HostEvents}. Returns what stops listening. */
  on<N extends keyof HostEvents<S>>(event: N, listener: (...args: HostEvents<S>[N]) => unknown): () => void
  /**
   * Listens on a port: guests join at `/join/{id}`, or at `/` for an id of the host's making; consoles ask at
   * `/guests/{id}`. A browser that opens the address gets the option `page`. May be called again for another port.
   *
   * @param port 0 picks a free one. @default 37103
   * @throws {GuestoolError} `forbidden` for an address other than this machine's own without `authenticate`; `failed`
   *   when the port cannot be had; `closed` after `close()`
   */
  listen(port?: number, options?: ListenOptions): Promise<HostAddress>
  /**
   * Takes guests and consoles in on a server that somebody else has made and listens with, beside express, fastify, …
   * Beside other listeners of its `upgrade` event only `/join/…` and `/guests/…`, below the option `basePath`, are the
   * host's, and everything else is left to them; alone, a WebSocket to any other path is closed with 4404. Without `authenticate` only this machine
   * may connect, wherever the server listens. `close()` leaves the server running.
   *
   * @throws {GuestoolError} `closed` after `close()`
   */
  attach(server: Server | SecureServer): void
  /**
   * Takes in a socket of any other kind: `open` gets what hears it and returns what sends. Ask {@link Host.refusal}
   * first, where there still is an HTTP answer to give.
   */
  accept(open: Dial, request: EntranceRequest): void
  /** Why an upgrade must be refused by HTTP 403 (a foreign web page that wants to be a console), or undefined. */
  refusal(request: EntranceRequest): string | undefined
  /**
   * Ends it for good: calls in flight fail with `closed`, everybody hears 1001, which makes SDK guests and clients dial
   * again until somebody listens there. Resolves when every socket is gone, after a second at the latest.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes a host: `const host = createHost(); await host.listen()`.
 *
 * @throws {TypeError} when an option is not what it has to be: an entry of `origins` that is no origin, for one
 */
export function createHost<S extends Shape = GuestoolShape>(
  options: HostOptions & { readonly contract?: Contract<S> | undefined } = {},
): Host<S> {
  // Without a contract S is its default.
  const { contract = guestool as Contract as Contract<S> } = options
  return new GuestHost(contract, settingsOf(options))
}

class GuestHost<S extends Shape> implements Host<S> {
  readonly #core: HostCore<S>
  readonly #settings: HostSettings
  readonly #servers = new Set<Server>()
  /** Those of others. */
  readonly #attached = new Set<Server | SecureServer>()
  readonly #detach: (() => void)[] = []
  readonly #closeOnce = once(() => this.#close())
  #closed = false

  constructor(contract: Contract<S>, settings: HostSettings) {
    this.#settings = settings
    const { rules, publicUrl } = settings
    this.#core = new HostCore(contract, settings, () =>
      addressesOf([...this.#servers, ...this.#attached], rules, publicUrl),
    )
  }

  get contract(): Contract<S> {
    return this.#core.contract
  }

  get guests(): readonly GuestConnection<S>[] {
    return Array.from(this.#core.registry.find(), ({ guest }) => guest)
  }

  get counts(): HostCounts {
    return this.#core.counts
  }

  guest(id: string): GuestConnection<S> | undefined {
    return this.#core.registry.find(id)?.guest
  }

  on<N extends keyof HostEvents<S>>(event: N, listener: (...args: HostEvents<S>[N]) => unknown): () => void {
    return this.#core.events.on(event, listener)
  }

  async listen(
    port: number = defaultPort,
    { address = '127.0.0.1' }: ListenOptions = {},
  ): Promise<HostAddress> {
    this.#assertOpen()
    const { rules, publicUrl, page } = this.#settings
    if (rules.localOnly && !isLoopback(address)) {
      throw new GuestoolError(
        'forbidden',
        `listening on ${address} would let anybody on the network in; give createHost an "authenticate", or listen on 127.0.0.1`,
      )
    }
    const server = createHostServer({
      basePath: rules.basePath,
      page,
      pageRefusal: (request) => this.#core.pageRefusal(entranceOf(request)),
      report: (error) => this.#core.report(error),
    })
    countConnections(server, this.#core.newcomers)
    upgradeSockets(server, this.#core)
    const bound = await startListening(server, port, address, { basePath: rules.basePath, publicUrl })
    if (this.#closed) {
      await stopListening(server)
      this.#assertOpen()
    }
    server.on('error', (error) => this.#core.report(error))
    this.#servers.add(server)
    return bound
  }

  attach(server: Server | SecureServer): void {
    this.#assertOpen()
    this.#detach.push(upgradeSockets(server, this.#core))
    this.#attached.add(server)
  }

  accept(open: Dial, request: EntranceRequest): void {
    this.#core.accept(open, request)
  }

  refusal(request: EntranceRequest): string | undefined {
    return this.#core.refusal(request)
  }

  close(): Promise<void> {
    return this.#closeOnce()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#closed = true
    for (const detach of this.#detach.splice(0)) detach()
    this.#attached.clear()
    const stopped = [...this.#servers].map((server) => stopListening(server))
    await this.#core.close()
    await Promise.all(stopped)
  }

  #assertOpen(): void {
    if (this.#closed) throw new GuestoolError('closed', 'this host was closed; make a new one to go on')
  }
}
