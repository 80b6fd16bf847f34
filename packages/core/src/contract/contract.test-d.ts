import * as z from 'zod'
import * as mini from 'zod/mini'
import { defineContract } from './contract.js'
import { guestool } from './guestool.js'

// Compiled, never run: every line below a `@ts-expect-error` must be a compile error, and every other one must not.

export const fromNothing = defineContract({
  info: { classic: { params: z.object({ a: z.string() }), result: z.string() } },
  action: { mini: { params: mini.object({ a: mini.string() }), result: mini.string() } },
  event: { either: mini.object({ n: mini.number() }) },
})

export const empty = defineContract({})

// @ts-expect-error a result is needed
guestool.extend({ info: { x: {} } })
// @ts-expect-error a schema is needed
guestool.extend({ info: { x: { result: 'string' } } })
// @ts-expect-error a schema is needed
guestool.extend({ event: { x: { bot: 'string' } } })
// @ts-expect-error no such kind
guestool.extend({ infos: {} })
