import { runArguments } from '../arguments.js'
import { check, planOf } from './check.js'
import { run } from './run.js'
import { Tally } from './tally.js'

// npm run simulate -- --minutes 5 [--seed N]

const words = process.argv.slice(2)
const replays = words.includes('--replay')
const { minutes, seed } = runArguments(
  5,
  words.filter((word) => word !== '--replay'),
)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const tally = new Tally()
process.on('unhandledRejection', (error) => {
  say(
    `an error that nobody handled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  process.exitCode = 1
})

if (seed !== undefined && replays) {
  const outcome = await run(planOf(seed))
  say(outcome.lines.join('\n'))
  say(`digest ${outcome.digest}, ${outcome.violations.length} violations`)
} else {
  const base = seed ?? Math.floor(Math.random() * 2 ** 31)
  const until = Date.now() + minutes * 60_000
  say(`histories from seed ${base} on, for ${minutes} minutes`)
  for (let next = base; Date.now() < until; next = (next + 1) | 0) {
    const result = await check(next, Number(process.env['SHRINK'] ?? 60_000))
    if ('plan' in result) {
      tally.failed(result, say)
      process.exitCode = 1
      break
    }
    tally.add(result)
  }
  say(tally.report(base))
}
