import { isOpid, type GuestoolError } from '@guestool/core'
import type { RawPeer } from '../peer/peer.js'
import { check, failsWith, same, within } from './case.js'
import type { Kind, WireRequest } from './dialect.js'
import { Talk } from './talk.js'

/** What asks, with names and params that no compiler checked. A client or a host's guest is one. */
export interface Asker {
  info(name: string, params?: unknown): Promise<unknown>
  action(name: string, params?: unknown): Promise<unknown>
  onEvent(name: string, listener: (data: unknown) => unknown): () => void
}

/** A talk with something that asks: the suite has its other end, and what to ask with. */
export class AskedTalk extends Talk {
  readonly asker: Asker

  constructor(peer: RawPeer, revision: 1 | 2, asker: Asker) {
    super(peer, revision)
    this.asker = {
      info: (name, params) => heard(asker.info(name, params)),
      action: (name, params) => heard(asker.action(name, params)),
      onEvent: (name, listener) => asker.onEvent(name, listener),
    }
  }

  /** The next frame, which must ask for this. */
  async request(kind: Kind, name: string): Promise<WireRequest> {
    const request = this.dialect.readRequest(await this.next(`the request for ${kind} ${name}`))
    same([request.kind, request.name], [kind, name], 'what is asked for')
    check(isOpid(request.opid), `the opid of the request is no uuid4: ${request.opid}`)
    return request
  }

  /** Asks for something, and gives it this reply: text that may hold `$opid`. */
  async answered(reply: string): Promise<{ readonly opid: string; readonly call: Promise<unknown> }> {
    const call = this.asker.info('time')
    const { opid } = await this.request('info', 'time')
    this.send(reply.replaceAll('$opid', opid))
    return { opid, call }
  }

  fails(call: Promise<unknown>, code: string, what: string): Promise<GuestoolError> {
    return failsWith(call, code, what)
  }

  /**
   * Sees that nothing was sent for what came before. The first answer proves that the subject has read everything until
   * then; whatever it sent for that stands before the second request.
   */
  override async quiet(what: string): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      const call = this.asker.info('bots')
      const { opid, name } = this.dialect.readRequest(await this.next(`${what}; then one more request`))
      same(name, 'bots', `${what}: nothing may be sent, but something was asked`)
      this.send(this.dialect.reply(opid, 'info', ['10001']))
      same(await within(call, 'one more request'), ['10001'], 'its result')
    }
  }
}

/** When a case fails early its other calls fail, too, and nobody is left to hear of it. */
function heard(call: Promise<unknown>): Promise<unknown> {
  call.catch(() => undefined)
  return call
}
