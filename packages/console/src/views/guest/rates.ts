import type { GuestoolShape } from '@guestool/core'

type Infos = GuestoolShape['info']
type Moved = Infos['all_disk_io']['result'] | Infos['all_network_io']['result']

/** What a device moves, in bytes a second. */
export interface Rate {
  readonly device: string
  /** read, or received */
  readonly inward: number
  /** written, or sent */
  readonly outward: number
}

/**
 * Bytes that were moved during a sample, as bytes a second, the busiest device first and each once.
 *
 * @param smptime seconds, as the guest was asked
 */
export function ratesOf(moved: Moved, smptime: number): Rate[] {
  const rates = [...new Map(moved.map((one) => [one.device, one])).values()].map((one) => {
    const [inward, outward] =
      'read_bytes' in one ? [one.read_bytes, one.write_bytes] : [one.recv_bytes, one.sent_bytes]
    // A counter that began anew must not draw a line below zero.
    return {
      device: one.device,
      inward: Math.max(0, inward / smptime),
      outward: Math.max(0, outward / smptime),
    }
  })
  return rates.toSorted((a, b) => b.inward + b.outward - (a.inward + a.outward))
}

/** The device to draw unless somebody chose one: the busiest, but a loop only where there is nothing else. */
export function mainDevice(rates: readonly Rate[]): string | undefined {
  return (rates.find(({ device }) => !/^(lo$|lo0$|loop|ram|zram)/i.test(device)) ?? rates[0])?.device
}
