import { expect, test } from 'vitest'
import { check, planOf } from './check.js'
import { run } from './run.js'
import { Tally } from './tally.js'

// The short run: always the same histories, so that nobody is stopped by what another found. `npm run simulate` takes new ones.

const base = 1_000
const histories = 40

test('whole worlds keep every promise', async () => {
  const tally = new Tally()
  for (let seed = base; seed < base + histories; seed++) {
    const result = await check(seed, 20_000)
    const said: string[] = []
    if ('plan' in result) tally.failed(result, (text) => said.push(text))
    else tally.add(result)
    expect(said.join('\n')).toBe('')
  }
  // A run in which nothing happens would keep every promise, too.
  expect(tally.calls).toBeGreaterThan(20 * histories)
  for (const fault of ['cut inside a frame', 'half open', 'host frozen', 'party frozen', 'stall', 'rival'])
    expect.soft(tally.count(fault), fault).toBeGreaterThan(3)
})

test('one seed is one history', async () => {
  for (const seed of [1_001, 1_007]) {
    const first = await run(planOf(seed))
    const again = await run(planOf(seed))
    expect(again.digest).toBe(first.digest)
    expect(first.lines.length).toBeGreaterThan(100)
  }
  expect((await run(planOf(1_001))).digest).not.toBe((await run(planOf(1_007))).digest)
})
