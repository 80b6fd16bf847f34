import { MemoryAddress, VirtualClock, type MemoryEnd } from '@guestool/testing'
import {
  createGuest,
  type Contract,
  type Guest,
  type GuestOptions,
  type GuestoolShape,
  type Shape,
} from '@guestool/guest'

// Frames are written and read by hand: what tests the guest must not be made of it.

interface Frame {
  readonly opid: string
  readonly opnm: string
  readonly opct: unknown
}

/** All infos answered with nothing much; a test overrides what it is about. */
export const info: GuestOptions['info'] = {
  python_version: 'unsupported',
  cpu: 'unsupported',
  memory: 'unsupported',
  all_partitions: () => [],
  all_disk_io: () => [],
  all_network_io: () => [],
  processes: () => [],
  system_platform: () => ({ summary: 'Linux', system: 'Linux', release: '6.1', cpuarch: 'x86_64' }),
  time: () => ({ system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }),
}

/** A host in memory that asks as a test says, on a clock of its own. */
export class MemoryHost {
  readonly clock = new VirtualClock()
  readonly address: MemoryAddress
  /** Every frame that came, parsed. */
  readonly frames: Frame[] = []
  /** Whether hello and bye are echoed. */
  greets = true
  readonly #revision: 1 | 2
  readonly #guests: Pick<Guest, 'close'>[] = []

  constructor(revision: 1 | 2 = 1) {
    this.#revision = revision
    this.address = new MemoryAddress((end) => this.#accept(end))
  }

  /** A guest of this host. */
  guest<S extends Shape = GuestoolShape>(
    options: Partial<GuestOptions<NoInfer<S>>> & { readonly contract?: Contract<S> } = {},
  ): Guest<S> {
    const { dial } = this.address
    const guest = createGuest<S>('ws://host.test/join/alpha', {
      info: info as GuestOptions<Shape>['info'] as GuestOptions<S>['info'],
      action: 'unsupported',
      revision: this.#revision,
      ...options,
      dial,
      clock: this.clock,
    })
    this.#guests.push(guest)
    return guest
  }

  /** Sends a request on the newest connection; returns its `opid`. */
  ask(
    kind: 'info' | 'action',
    name: string,
    params: object = {},
    opid: string = crypto.randomUUID(),
  ): string {
    const request =
      this.#revision === 1
        ? { opid, opnm: `/${kind}`, opct: { [kind]: name, ...params } }
        : { opid, opnm: `/${kind}/${name}`, opct: params }
    this.address.pair.acceptor.send(JSON.stringify(request))
    return opid
  }

  /** All that came with an `opid`. */
  answersTo(opid: string): Frame[] {
    return this.frames.filter((frame) => frame.opid === opid)
  }

  /** Asks, and returns the content of the one answer. */
  async answerTo(kind: 'info' | 'action', name: string, params?: object): Promise<unknown> {
    const opid = this.ask(kind, name, params)
    await this.clock.settle()
    const [answer, ...more] = this.answersTo(opid)
    if (answer === undefined || more.length > 0)
      throw new Error(`${kind} ${name}: ${more.length + 1} answers`)
    return answer.opct
  }

  /** After every test: whatever a guest had, it has no more. */
  async tidy(): Promise<void> {
    const closing = Promise.all(this.#guests.map((guest) => guest.close()))
    await this.clock.advance(2_000)
    await closing
    if (this.clock.timers > 0) throw new Error(`${this.clock.timers} timers are left`)
  }

  #accept(end: MemoryEnd) {
    return {
      opened: () => undefined,
      text: (text: string) => {
        const frame = JSON.parse(text) as Frame
        this.frames.push(frame)
        if (this.greets && /^\/(hello|greet\/)/.test(frame.opnm)) end.send(text)
      },
      binary: () => undefined,
      pong: () => undefined,
      closed: () => undefined,
    }
  }
}
