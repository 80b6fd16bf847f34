import { guestool, type ContractTypes } from '@guestool/core'
import { z } from 'zod'

/** What a call wants of its guest: how long the answer takes, and what sort of answer it is. */
export const modes = [
  'ok',
  // Of a guest of the SDK these are all its handler can do wrong …
  'throw',
  'invalid',
  'large',
  'never',
  'heeds',
  // … an odd one does this as well; to the handler of the SDK it is `ok`.
  'twice',
  'reject',
  'rejectThenReply',
  'replyThenReject',
  'wrongOpid',
  'nan',
  'errorOnly',
  'proto',
] as const
export type Mode = (typeof modes)[number]

const question = z.strictObject({
  /** Each call has its own number, so that its frames can be found and its answer says whose it is. */
  call: z.number(),
  /** Milliseconds until the answer. */
  wait: z.number(),
  mode: z.enum(modes),
})

/** Who answered what. */
const answer = z.object({ who: z.string(), call: z.number(), padding: z.optional(z.string()) })

export const contract = guestool.extend({
  info: {
    echo: { params: question, result: answer },
    /** Equal ones share an answer. */
    sample: {
      params: z.strictObject({ wait: z.number() }),
      result: z.object({ who: z.string(), wait: z.number() }),
    },
    /** Runs alone. */
    alone: {
      params: z.strictObject({ smptime: z.number().min(0) }),
      exclusive: true,
      sampling: 'smptime',
      result: z.object({ who: z.string(), smptime: z.number() }),
    },
  },
  action: { act: { params: question, result: answer } },
  event: { news: z.object({ who: z.string(), number: z.number() }) },
})

export type World = ContractTypes<typeof contract>
