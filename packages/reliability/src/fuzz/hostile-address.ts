import type { Dial } from '@guestool/core'
import { MemoryAddress, Peer } from '@guestool/testing'
import { HostilePeer } from './hostile-peer.js'

/** An address at which somebody hostile listens, whoever dials it and however often. */
export class HostileAddress {
  readonly dial: Dial
  #newest: HostilePeer | undefined

  constructor() {
    this.dial = new MemoryAddress((end) => {
      const peer = new Peer(end)
      this.#newest = new HostilePeer(peer, end)
      return peer
    }).dial
  }

  /** The peer of the newest connection. */
  get peer(): HostilePeer | undefined {
    return this.#newest
  }
}
