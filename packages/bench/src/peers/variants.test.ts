import { expect, it } from 'vitest'
import { textOf } from '../bare.mjs'
import { cpu } from '../payload.mjs'
import { variants } from '../variants.mjs'

// Whoever answered wrong, or something else, would be the fastest of all. Real sockets, each at both ends; they end with
// this process, as those of the bench do.

/** An answer as a text says it. */
const said = (answer: unknown) =>
  Buffer.isBuffer(answer) ? JSON.parse(textOf(answer)).result : JSON.parse(JSON.stringify(answer))

const { hub: loadHub, ...others } = variants

it.each(Object.entries(others))('%s answers a call with what was measured', async (_, load) => {
  const variant = await load()
  const port = await variant.acceptToAnswer?.()
  const ask = await variant.dialToAsk?.(port ?? 0)
  expect(said(await ask?.())).toEqual(cpu)
  // Some answer the first by another way than all others.
  expect(await Promise.all([ask?.(), ask?.()]).then((answers) => answers.map(said))).toEqual([cpu, cpu])
})

it('the hub hands a call on to the guest', async () => {
  const hub = await loadHub()
  const port = (await hub.acceptToForward?.()) ?? 0
  await hub.dialToAnswer?.(port)
  const ask = await hub.dialToAsk?.(port)
  await expect.poll(async () => ask?.().then(said, String)).toEqual(cpu)
})
