import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { runArguments } from '../arguments.js'
import { seededRandom } from '../random.js'
import { table, type Claim } from './claims.js'
import { faults } from './plan.js'
import { Scene } from './scene.js'
import { rejoin } from './storm.js'

const { minutes, seed = randomInt(2 ** 31) } = runArguments(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

say(`chaos: ${minutes} minutes of faults with --seed ${seed}, then two restarts of a host with 2 000 guests`)
let holds = true
for (const part of [broken, () => rejoin(4, 500, 0), () => rejoin(4, 500, 7_000)]) {
  const claims = await part()
  say(table(claims))
  holds &&= claims.every((claim) => claim.holds)
}
process.exitCode = holds ? 0 : 1

/** Everything that happens is drawn of the seed; when exactly it happens is the machine's affair. */
async function broken(): Promise<Claim[]> {
  const scene = await Scene.open({
    seed,
    guests: [1, 1, 1, 1, 200, 200],
    consoles: 3,
    hubs: 3,
    clients: 5,
    rest: 40,
    patience: 100_000,
  })
  try {
    const random = seededRandom(seed)
    const until = Date.now() + minutes * 60_000
    const happening = new Set<Promise<void>>()
    for (const { after, fault } of faults(random, 'host', scene.targets)) {
      await pause(after)
      if (Date.now() > until) break
      if (scene.isBusy(fault.target)) continue
      const over = scene.befall(fault).finally(() => happening.delete(over))
      happening.add(over)
    }
    await Promise.all(happening)
    say(`what happened: ${scene.applied}`)
    return await scene.judge()
  } finally {
    await scene.abandon()
  }
}
