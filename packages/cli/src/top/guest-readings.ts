import { isGuestoolError, type GuestoolShape, type Hub, type HubGuest, type Watch } from '@guestool/client'
import { textOf } from '@guestool/core'

type Infos = GuestoolShape['info']
/** What each info answers. */
export type Results = { [N in keyof Infos]: Infos[N]['result'] }

/** Bytes each way, of one disk or network device. */
export interface Traffic {
  readonly device: string
  /** per second */
  readonly inward: number
  /** per second */
  readonly outward: number
  /** both ways, since it is watched */
  readonly sum: number
}

const ioSeconds = 0.9
/** What is watched; the view has a place for each. */
const watched = [
  'system_platform',
  'time',
  'cpu',
  'memory',
  'all_partitions',
  'processes',
  'all_disk_io',
  'all_network_io',
] as const

/** What a guest answered last, kept up to date by watching it. */
export class GuestReadings {
  readonly latest: Partial<Results> = {}
  /** Why an info could not be had the last time, by its name. */
  readonly problems = new Map<string, string>()
  disks: Traffic[] = []
  networks: Traffic[] = []
  /** When the last answer came, in Unix milliseconds; before the first one, when the watching began. */
  heardAt = Date.now()
  /** Is over when nothing is watched any more. */
  readonly done: Promise<unknown>
  readonly #stop = new AbortController()
  readonly #changed: () => void

  /**
   * @param revision of the guest: one of revision 2 may sample processes one after another
   * @param changed is called whenever there is something new
   */
  constructor(hub: Hub, guest: HubGuest, revision: number, changed: () => void) {
    this.#changed = changed
    // A second is shared: the host runs infos that would spoil each other one after another.
    const patient = { timeout: 10_000, signal: this.#stop.signal }
    const seldom = { ...patient, every: 5_000 }
    const forget = hub.on('error', (error) => {
      if (isGuestoolError(error) && error.guest === guest.id)
        this.#failed(error.operation?.replace(/^info /, '') ?? '', error)
    })
    this.done = Promise.all([
      this.#follow('system_platform', guest.watch('system_platform', undefined, seldom)),
      this.#follow('time', guest.watch('time', undefined, patient)),
      this.#follow('cpu', guest.watch('cpu', 0.4, patient)),
      this.#follow('memory', guest.watch('memory', undefined, patient)),
      this.#follow('all_partitions', guest.watch('all_partitions', undefined, seldom)),
      this.#follow('processes', guest.watch('processes', revision === 2 ? 0.01 : 0.4, patient)),
      this.#follow('all_disk_io', guest.watch('all_disk_io', ioSeconds, patient), (disks) => {
        this.disks = rates(
          this.disks,
          disks.map(({ device, read_bytes, write_bytes }) => [device, read_bytes, write_bytes]),
        )
      }),
      this.#follow('all_network_io', guest.watch('all_network_io', ioSeconds, patient), (networks) => {
        this.networks = rates(
          this.networks,
          networks.map(({ device, recv_bytes, sent_bytes }) => [device, recv_bytes, sent_bytes]),
        )
      }),
    ]).finally(forget)
  }

  /** Whether there is an answer, or a reason for none, to everything. */
  get complete(): boolean {
    return watched.every((name) => name in this.latest || this.problems.has(name))
  }

  stop(): void {
    this.#stop.abort()
  }

  async #follow<N extends keyof Results>(
    name: N,
    samples: Watch<Results[N]>,
    use?: (result: Results[N]) => void,
  ): Promise<void> {
    try {
      for await (const result of samples) {
        this.latest[name] = result
        this.problems.delete(name)
        this.problems.delete('')
        this.heardAt = Date.now()
        use?.(result)
        this.#changed()
      }
    } catch (error) {
      // It will not get better: the guest has no such info, or the host refuses this console.
      this.#failed(name, error)
    }
  }

  #failed(name: string, error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.problems.set(name, textOf(error))
    this.#changed()
  }
}

/** Rates of the devices, those that moved most first: an order that seldom changes. */
function rates(before: readonly Traffic[], moved: [string, number, number][]): Traffic[] {
  const sums = new Map(before.map(({ device, sum }) => [device, sum]))
  return moved
    .map(([device, inward, outward]) => ({
      device,
      inward: inward / ioSeconds,
      outward: outward / ioSeconds,
      sum: (sums.get(device) ?? 0) + inward + outward,
    }))
    .toSorted((one, other) => other.sum - one.sum)
}
