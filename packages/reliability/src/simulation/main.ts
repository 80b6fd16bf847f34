import { runArguments } from '../arguments.js'
import { check, planOf } from './check.js'
import { huntMutants } from './mutant-run.js'
import { run } from './run.js'
import { Tally } from './tally.js'

// npm run simulate -- --minutes 5 [--seed N]
// npm run simulate -- --seed N --replay
// npm run simulate -- --mutants

const words = process.argv.slice(2)
const replays = words.includes('--replay')
const hunts = words.includes('--mutants')
const { minutes, seed = Math.floor(Math.random() * 2 ** 31) } = runArguments(
  5,
  words.filter((word) => word !== '--replay' && word !== '--mutants'),
)
const shrinkFor = 60_000

const say = (text: string): void => void process.stdout.write(`${text}\n`)

process.on('unhandledRejection', (error) => {
  say(`nobody handled ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.exitCode = 1
})

if (replays) await replay()
else if (hunts) process.exitCode = (await huntMutants(seed, say)) === 0 ? 0 : 1
else await simulate()

async function replay(): Promise<void> {
  const { lines, digest, violations } = await run(planOf(seed))
  say(lines.join('\n'))
  say(`digest ${digest}, ${violations.length} promises broken`)
}

async function simulate(): Promise<void> {
  const tally = new Tally()
  const until = Date.now() + minutes * 60_000
  say(`histories from seed ${seed} on, for ${minutes} minutes`)
  for (let next = seed; Date.now() < until; next = (next + 1) | 0) {
    const result = await check(next, shrinkFor)
    if ('plan' in result) {
      tally.failed(result, say)
      process.exitCode = 1
      break
    }
    tally.add(result)
  }
  say(tally.report(seed))
}
