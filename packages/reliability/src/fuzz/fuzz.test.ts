import { afterAll, expect, test } from 'vitest'
import { corpus } from './corpus.js'
import { Dice } from './dice.js'
import { Fuzzer, Pace } from './fuzzer.js'
import { targets } from './targets/index.js'
import { Uncaught } from './uncaught.js'

// Some cases of each target, always the same ones. `npm run fuzz` goes on where this ends.

const uncaught = new Uncaught()
afterAll(() => uncaught.stop())

test.each(targets)('$name', async (target) => {
  const fuzzer = new Fuzzer(target, new Dice(5), uncaught, new Pace())
  const cases = target.seeds.length + 40
  for (let i = 0; i < cases; i++) expect(await fuzzer.once()).toBeUndefined()
})

test.each(corpus)('what was found once: $problem', async ({ target: name, steps }) => {
  const target = targets.find((each) => each.name === name)
  expect(target).toBeDefined()
  const fuzzer = new Fuzzer(target!, new Dice(1), uncaught, new Pace())
  expect(await fuzzer.problemOf(steps)).toBeUndefined()
})
