import { runArguments } from '../arguments.js'
import { attacks } from './attacks.js'
import { corpus } from './corpus.js'
import { Coverage } from './coverage.js'
import { Dice } from './dice.js'
import { Fuzzer, Pace, type Finding } from './fuzzer.js'
import { isTooMuch, measured, milliseconds, type Growth } from './growth.js'
import { memoryKept } from './memory.js'
import { targets } from './targets/index.js'
import { Uncaught } from './uncaught.js'

// The long run: `npm run fuzz -- --minutes 5 --seed 7`. Cases that reach new code are kept and changed again; then it is
// measured what hostile input costs, and what it leaves in memory.

/** How many times as long as `JSON.parse` of as much text is little, however it grows: other things make it jump. */
const ratioOfLittle = 20
/** How many times as long as `JSON.parse` of as much text anything may take. */
const ratioAllowed = 200
/** Bytes of heap that a frame may leave behind: what a measurement errs by. */
const bytesAllowed = 16

const { minutes, seed = Math.floor(Math.random() * 2 ** 31) } = runArguments(5)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const uncaught = new Uncaught()
const problems: string[] = []

say(`fuzzing ${targets.length} targets for ${minutes} min, seed ${seed}`)
await fuzz()
measure()
await remember()
uncaught.stop()
say(problems.length === 0 ? 'nothing found' : `\n${problems.length} found:\n${problems.join('\n')}`)
// An authenticating host with a million sockets that nobody closes is of no more use.
process.exit(problems.length === 0 ? 0 : 1)

async function fuzz(): Promise<void> {
  const coverage = new Coverage((url) => /\/packages\/(core|client|guest|server)\/dist\//.test(url))
  const pace = new Pace()
  const findings: Finding[] = []
  const fuzzers = targets.map((target, i) => new Fuzzer(target, new Dice(seed + i), uncaught, pace, coverage))
  for (const { target, steps } of corpus) {
    const problem = await fuzzers.find((fuzzer) => fuzzer.target.name === target)?.problemOf(steps)
    if (problem !== undefined) findings.push({ target, problem, steps })
  }
  const end = Date.now() + minutes * 60_000
  while (Date.now() < end && findings.length < 5)
    for (const fuzzer of fuzzers) {
      // Some of each in turn, so that each has the same time whatever a case of it takes.
      const until = Date.now() + 500
      while (Date.now() < until) {
        const finding = await fuzzer.once()
        if (finding !== undefined) findings.push(finding)
      }
    }
  for (const { target, executions, pool } of fuzzers) {
    const { ms = 0, text = '' } = pace.worst.get(target.name) ?? {}
    say(
      `  ${target.name}: ${executions} cases, ${pool} kept; slowest step ${ms.toFixed(1)} ms (${text.length} characters)`,
    )
  }
  const cases = fuzzers.reduce((sum, { executions }) => sum + executions, 0)
  say(`${cases} cases, ${pace.steps} frames and requests, ${coverage.size} blocks of code reached`)
  coverage.stop()
  for (const finding of findings)
    problems.push(`${JSON.stringify(finding, undefined, 2)}: put it into corpus.ts`)
}

function measure(): void {
  const text = `[${'{},'.repeat(65_536 / 3)}{}]`
  const floor = milliseconds(() => JSON.parse(text) as unknown)
  const growths: Growth[] = []
  for (const attack of attacks()) growths.push(measured(attack, ratioOfLittle * floor))
  say(`${growths.length} attacks of 16, 32 and 64 KiB (headers: 14), the slowest:`)
  for (const { name, cost, exponent } of growths.toSorted((a, b) => b.cost - a.cost).slice(0, 8)) {
    const perKiB = ((cost * 1_000) / 64).toFixed(1)
    say(
      `  ${name}: ${cost.toFixed(1)} ms, ${perKiB} µs a KiB, ${(cost / floor).toFixed(1)} × JSON.parse, grows with the power of ${exponent.toFixed(1)}`,
    )
  }
  for (const growth of growths) {
    if (isTooMuch(growth, ratioOfLittle * floor)) problems.push(`grows too fast: ${JSON.stringify(growth)}`)
    if (growth.cost > ratioAllowed * floor) problems.push(`takes too long: ${JSON.stringify(growth)}`)
  }
}

async function remember(): Promise<void> {
  for (const role of ['requester', 'responder'] as const)
    for (const revision of [1, 2] as const) {
      const { name, frames, bytesPerFrame } = await memoryKept(role, revision, new Dice(seed), 24_000)
      const line = `${name}: ${bytesPerFrame.toFixed(1)} bytes of heap a frame, of ${frames} frames`
      say(`  ${line}`)
      if (bytesPerFrame > bytesAllowed) problems.push(`keeps too much: ${line}`)
    }
}
