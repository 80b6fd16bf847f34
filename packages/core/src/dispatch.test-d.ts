import * as z from 'zod'
import type { ContractTypes } from './contract/contract.js'
import { guestool, type GuestoolShape } from './contract/guestool.js'
import type { ActionHandlers, InfoHandlers } from './dispatch.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

declare const all: InfoHandlers<GuestoolShape>

export const asTheyAre: InfoHandlers<GuestoolShape> = {
  ...all,
  cpu: ({ smptime }, { signal, deadline, opid }) => {
    // Defaults were applied: it is never missing.
    const seconds: number = smptime
    void [signal.aborted, deadline.toFixed(), opid.length]
    return {
      cpu_percent: seconds,
      cpu_ncores: { physical: null, logical: 2 },
      cpu_freq: { current: 0, min: 0, max: 0 },
      cpu_load: { last1m: 0, last5m: 0, last15m: 0 },
    }
  },
  bots: async () => ['10001'],
  memory: 'unsupported',
}

const { bots: _bots, ...withoutBots } = all
// @ts-expect-error a missing handler
export const missing: InfoHandlers<GuestoolShape> = withoutBots

export const wrongName: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error a handler for nothing in the contract
  gpu: () => null,
}

export const wrongResult: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error bots are a list of strings
  bots: () => [10001],
}

export const wrongAsyncResult: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error a misspelt field of a result
  python_version: async () => ({
    version_text: '3.11',
    version_info: { major: 3, minor: 11, micro: 2, release_level: 'final', serial: 0 },
  }),
}

export const missingField: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error a field is missing
  system_platform: () => ({ summary: '', system: '', release: '' }),
}

export const wrongParam: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error a misspelt parameter
  all_partitions: ({ fysical_only }) => (fysical_only ? [] : []),
}

export const wrongParamType: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error it is a boolean
  all_partitions: ({ physical_only }: { physical_only: number }) => (physical_only > 1 ? [] : []),
}

export const wrongWord: InfoHandlers<GuestoolShape> = {
  ...all,
  // @ts-expect-error the word is "unsupported"
  memory: 'none',
}

export const actions: ActionHandlers<GuestoolShape> = {
  'matcher/list': () => [],
  'matcher/info': 'unsupported',
  'matcher/hack': ({ priority }) => (priority > 0 ? null : null),
  'matcher/remove': async ({ id }) => (id === '' ? null : null),
}

// @ts-expect-error actions are missing
export const fewActions: ActionHandlers<GuestoolShape> = { 'matcher/list': () => [] }

const extended = guestool.extend({
  info: {
    gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) },
    size: { params: z.object({ text: z.string().transform((text) => text.length) }), result: z.number() },
  },
})
type Mine = ContractTypes<typeof extended>

// @ts-expect-error the handlers of the extension are missing
export const extensionMissing: InfoHandlers<Mine> = all

export const extension: InfoHandlers<Mine> = {
  ...all,
  gpu: ({ index }) => ({ name: index.toFixed() }),
  // A handler gets what comes out of a transform.
  size: ({ text }) => text.toFixed().length,
}

export const extensionWrong: InfoHandlers<Mine> = {
  ...all,
  // @ts-expect-error a wrong result
  gpu: () => ({ name: 5 }),
  // @ts-expect-error it is a number by now
  size: ({ text }) => text.toUpperCase().length,
}
