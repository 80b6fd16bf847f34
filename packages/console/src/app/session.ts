import { createHub, type Hub, type HubShape } from '@guestool/client'
import { limits, webSocketDial, type ConnectionState } from '@guestool/core'
import { Tap } from '@guestool/core/tap'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { Cell } from './cell.js'
import { Fleet } from './fleet/fleet.js'
import { LearnedContract } from '@guestool/core/learned-contract'

export type About = HubShape['info']['hub']['result']

/** One connection to a hub, and what is known of it. Views get it with `useSession()`. */
export class Session {
  /** Of the hub, with `ws:` or `wss:`, before `/guests`. */
  readonly url: string
  /** Of the guests: the protocol's own, and what it is told to learn from the hub's info `contract`. */
  readonly contract = new LearnedContract()
  readonly hub: Hub
  /** Hears the frames of this connection; costs nothing while nobody listens. */
  readonly tap = new Tap()
  /** The guests, as the hub tells of them. */
  readonly fleet: Fleet
  readonly state = new Cell<ConnectionState>('connecting')
  /** What went wrong last with the connection; undefined while it is open. */
  readonly trouble = new Cell<unknown>(undefined)
  /** The hub itself, and what this console may do; asked at each connect. */
  readonly about = new Cell<About | undefined>(undefined)

  /** @param url of the hub, with `ws:` or `wss:`, before `/guests` */
  constructor(url: string, token: string | undefined) {
    this.url = url
    const dial = webSocketDial(WebSocket, {
      url: `${url.replace(/\/+$/, '')}/guests`,
      maxPayload: limits.maxPayload,
    })
    this.hub = createHub(url, {
      token,
      contract: this.contract,
      dial: this.tap.through(dial),
      backoff: { base: 500, cap: 5_000 },
    })
    this.fleet = new Fleet(this.hub)
    this.hub.on('error', (error) => {
      if (this.hub.state !== 'open') this.trouble.value = error
    })
    this.hub.on('state', (state) => {
      if (state === 'open') {
        this.trouble.value = undefined
        void this.#askAbout()
        this.fleet.follow()
      } else this.fleet.pause()
      this.state.value = state
    })
  }

  async #askAbout(): Promise<void> {
    try {
      this.about.value = await this.hub.info('hub')
    } catch (error) {
      if (this.hub.state === 'open') this.trouble.value = error
    }
  }

  close(): Promise<void> {
    this.fleet.pause()
    return this.hub.close()
  }
}

export const SessionContext = createContext<Session | undefined>(undefined)

/** The connection that the views ask over. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('no view is shown without a session')
  return session
}
