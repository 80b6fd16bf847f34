import { planOf } from './check.js'
import { run } from './run.js'

// One mutant, in a process of its own: plays histories until one breaks a promise. Says how many, and which promise.

const longest = 150_000
const seed = Number(process.argv[2])
const startedAt = Date.now()
let histories = 0

function end(invariant: string): never {
  process.stdout.write(`${histories} ${invariant}\n`)
  process.exit()
}

process.on('uncaughtException', () => end('nothingIsThrown'))
process.on('unhandledRejection', () => end('nothingIsThrown'))

while (Date.now() - startedAt < longest) {
  const { violations } = await run(planOf(seed + histories))
  histories++
  const [violation] = violations
  if (violation !== undefined) end(violation.invariant)
}
end('')
