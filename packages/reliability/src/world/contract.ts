import { guestool, type ContractTypes, type InfoHandlers } from '@guestool/core'
import { z } from 'zod'

/** What is asked where things break: everybody can tell whose answer it is, and what was done how often. */
export const contract = guestool.extend({
  info: {
    /** Says the tag back, after a while, with so much beside it. */
    echo: {
      params: z.strictObject({
        tag: z.string(),
        wait: z.number().min(0).default(0),
        size: z.number().min(0).default(0),
      }),
      result: z.object({ guest: z.string(), tag: z.string(), filler: z.string() }),
    },
    /** The same for whoever asks at once: one sample. */
    sample: { result: z.object({ guest: z.string(), at: z.number() }) },
  },
  action: {
    /** Is written down by the guest before anything else. */
    mark: {
      params: z.strictObject({ id: z.string(), wait: z.number().min(0).default(0) }),
      result: z.object({ guest: z.string(), id: z.string() }),
    },
  },
  event: {
    marked: z.object({ id: z.string() }),
  },
})

export type WorldShape = ContractTypes<typeof contract>

/** A guest that has none of the protocol's own infos. */
export const unsupported: InfoHandlers<ContractTypes<typeof guestool>> = {
  python_version: 'unsupported',
  cpu: 'unsupported',
  memory: 'unsupported',
  all_partitions: 'unsupported',
  all_disk_io: 'unsupported',
  all_network_io: 'unsupported',
  processes: 'unsupported',
  time: 'unsupported',
  system_platform: 'unsupported',
  bots: 'unsupported',
  bots_connect_time: 'unsupported',
  recv_events: 'unsupported',
  apicall: 'unsupported',
}
