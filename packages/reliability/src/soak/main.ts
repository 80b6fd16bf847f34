import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { runArguments } from '../arguments.js'
import { actionClaims, some, table, type Claim } from '../chaos/claims.js'
import { seededRandom } from '../random.js'
import { Crowd } from './crowd.js'
import { callClaims, emptyClaim, trends, type Sample } from './findings.js'

const { minutes, seed = randomInt(2 ** 31) } = runArguments(10)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** As often as everybody is lost before it begins: then the host's timeline is full, and only replaces what it has. */
const rounds = 12
/** Of churn before anything is measured: every guest was lost or left in it, so that no connection is younger than others. */
const warmUp = 150
/** Seconds between two samples. */
const every = 5

say(`soak: 500 guests and 50 consoles for ${minutes} minutes, with --seed ${seed}`)
const crowd = new Crowd({ seed, random: seededRandom(seed), guests: 500, hubs: 10, clients: 40 })
try {
  const claims = await soak()
  say(table(claims))
  process.exitCode = claims.every(({ holds }) => holds) ? 0 : 1
} finally {
  await crowd.abandon()
}

async function soak(): Promise<Claim[]> {
  await crowd.open()
  for (let round = 0; round < rounds; round++) await crowd.loseAll()
  for (let second = 0; second < warmUp; second++) await aSecond(second)
  say(`warm at ${new Date().toISOString()}`)

  const samples: Sample[] = []
  const start = Date.now()
  for (let second = 0; Date.now() - start < minutes * 60_000; second++) {
    await aSecond(second)
    if (second % every === 0) samples.push({ at: (Date.now() - start) / 60_000, ...(await crowd.look()) })
  }

  await crowd.consoles.tell('stop', null)
  const back = await crowd.gather()
  const until = Date.now() + 100_000
  let last = await crowd.look()
  while (last.tally.open.length > 0 && Date.now() < until) {
    await pause(500)
    last = await crowd.look()
  }
  const { counts } = last
  const failures = await crowd.consoles.tell('check', crowd.ids.slice(0, 10))
  const exits = [await crowd.consoles.close(null), await crowd.guests.close(null)]
  const left = await crowd.emptied()
  const errors = await crowd.host.tell('errors', null)
  exits.push(await crowd.host.close(null))
  const bad = exits.filter(({ code }) => code !== 0).map(({ code, signal }) => `${code ?? signal}`)
  const { duplicate, unknown } = counts.guestFrames
  return [
    ...trends(samples),
    ...callClaims(samples, last),
    ...actionClaims(crowd.read('runs'), crowd.read('outcomes')),
    {
      claim: 'nothing was answered twice, or on another connection',
      holds: duplicate + unknown === 0,
      seen: `${counts.guestFrames.received} frames of guests, ${duplicate} duplicate, ${unknown} unknown`,
    },
    {
      claim: 'all are back, and every console can ask',
      holds: back && failures.length === 0,
      seen: some([`${counts.guests} guests, ${counts.consoles} consoles`, ...failures]),
    },
    {
      claim: 'whoever sends bad frames is closed with 4400, and the host tells of no error',
      holds: crowd.sentAway.every((code) => code === 4400) && errors.length === 0,
      seen: some([`${crowd.sentAway.length} of them: ${[...new Set(crowd.sentAway)].join(', ')}`, ...errors]),
    },
    emptyClaim(left),
    {
      claim: 'every process ends by itself after close()',
      holds: bad.length === 0,
      seen: some([`${exits.length} processes`, ...bad]),
    },
  ]
}

async function aSecond(second: number): Promise<void> {
  const end = Date.now() + 1_000
  await crowd.churn(second)
  await pause(Math.max(0, end - Date.now()))
}
