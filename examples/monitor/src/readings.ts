import { isGuestoolError, type Client, type GuestoolShape, type Watch } from '@guestool/client'

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
  /** both ways, since the monitor runs */
  readonly sum: number
}

/** What a guest answered last, kept up to date by watching it. */
export class Readings {
  readonly latest: Partial<Results> = {}
  /** Why an info could not be had the last time, by its name. */
  readonly problems = new Map<string, string>()
  disks: Traffic[] = []
  networks: Traffic[] = []
  /** When the last answer came, in Unix milliseconds; before the first one, when the watching began. */
  heardAt = Date.now()
  /** Stops when the client is closed. */
  readonly done: Promise<unknown>

  constructor(client: Client) {
    // A second is shared: the host runs infos that would spoil each other one after another.
    const patient = { timeout: 5_000 }
    const seldom = { ...patient, every: 5_000 }
    client.on('error', (error) => {
      if (isGuestoolError(error)) this.#failed(error.operation?.replace(/^info /, '') ?? '', error)
    })
    this.done = Promise.all([
      this.#follow('system_platform', client.watch('system_platform', undefined, seldom)),
      this.#follow('time', client.watch('time', undefined, patient)),
      this.#follow('cpu', client.watch('cpu', 0.4, patient)),
      this.#follow('memory', client.watch('memory', undefined, patient)),
      this.#follow('all_partitions', client.watch('all_partitions', undefined, seldom)),
      this.#follow('processes', client.watch('processes', 0.4, patient)),
      this.#follow('all_disk_io', client.watch('all_disk_io', ioSeconds, patient), (disks) => {
        this.disks = rates(
          this.disks,
          disks.map(({ device, read_bytes, write_bytes }) => [device, read_bytes, write_bytes]),
        )
      }),
      this.#follow('all_network_io', client.watch('all_network_io', ioSeconds, patient), (networks) => {
        this.networks = rates(
          this.networks,
          networks.map(({ device, recv_bytes, sent_bytes }) => [device, recv_bytes, sent_bytes]),
        )
      }),
    ])
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
      }
    } catch (error) {
      // It will not get better: the guest has no such info, or the host refuses this console.
      this.#failed(name, error)
    }
  }

  #failed(name: string, error: unknown): void {
    this.problems.set(name, error instanceof Error ? error.message : String(error))
  }
}

const ioSeconds = 0.9

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
