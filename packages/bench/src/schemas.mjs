// What is checked of a call, for everybody who checks.
import * as z from 'zod'

export const paramsSchema = z.strictObject({ smptime: z.number().min(0).default(0.1) })

export const resultSchema = z.looseObject({
  cpu_percent: z.number(),
  cpu_ncores: z.looseObject({ physical: z.number().nullable(), logical: z.number().nullable() }),
  cpu_freq: z.looseObject({ current: z.number(), min: z.number(), max: z.number() }),
  cpu_load: z.looseObject({ last1m: z.number(), last5m: z.number(), last15m: z.number() }),
})
