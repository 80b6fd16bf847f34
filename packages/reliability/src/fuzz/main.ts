import { runArguments } from '../arguments.js'
import { corpus } from './corpus.js'
import { Coverage } from './coverage.js'
import { Dice } from './dice.js'
import { Fuzzer, Pace, type Finding } from './fuzzer.js'
import { targets } from './targets/index.js'
import { Uncaught } from './uncaught.js'

// The long run: `npm run fuzz -- --minutes 5 --seed 7`. Cases that reach new code are kept and changed again.

const { minutes, seed = Math.floor(Math.random() * 2 ** 31) } = runArguments(5)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const uncaught = new Uncaught()
const coverage = new Coverage((url) => /\/packages\/(core|client|guest|server)\/dist\//.test(url))
const pace = new Pace()
const findings: Finding[] = []
const fuzzers = targets.map((target, i) => new Fuzzer(target, new Dice(seed + i), uncaught, pace, coverage))

say(`fuzzing ${targets.length} targets for ${minutes} min, seed ${seed}`)
for (const { target, steps } of corpus) {
  const problem = await fuzzers.find((fuzzer) => fuzzer.target.name === target)?.problemOf(steps)
  if (problem !== undefined) findings.push({ target, problem, steps })
}
const end = Date.now() + minutes * 60_000
while (Date.now() < end && findings.length < 5) {
  for (const fuzzer of fuzzers) {
    // Some of each in turn, so that each has the same time whatever a case of it takes.
    const until = Date.now() + 500
    while (Date.now() < until) {
      const finding = await fuzzer.once()
      if (finding !== undefined) findings.push(finding)
    }
  }
}
uncaught.stop()
coverage.stop()
for (const { target, executions, pool } of fuzzers) {
  const worst = pace.worst.get(target.name)
  const slowest =
    worst === undefined
      ? ''
      : `; slowest frame ${worst.ms.toFixed(1)} ms, ${worst.text.length} characters: ${worst.text.slice(0, 60)}`
  say(`${target.name}: ${executions} cases, ${pool} kept${slowest}`)
}
say(
  `${fuzzers.reduce((sum, { executions }) => sum + executions, 0)} cases, ${coverage.size} blocks of code reached`,
)
for (const finding of findings) say(`\nfound: ${JSON.stringify(finding, undefined, 2)}`)
say(
  findings.length === 0
    ? 'nothing found'
    : `${findings.length} found; put them into corpus.ts once they are mended`,
)
process.exitCode = findings.length === 0 ? 0 : 1
