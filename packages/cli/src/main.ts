#!/usr/bin/env node
import { answerShell } from './commands/completion.js'
import { closeAll } from './connection.js'
import { exitCode, explain } from './failure.js'
import { createProgram, wordsOf } from './program.js'

// Whoever reads along may stop: `guestool events | head -3`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}

try {
  const program = createProgram()
  const [first, ...rest] = process.argv.slice(2)
  if (first === '__complete') await answerShell(program, rest)
  else await program.parseAsync(wordsOf(process.argv), { from: 'user' })
} catch (error) {
  process.exitCode = exitCode(error)
  const text = explain(error)
  if (text !== '') process.stderr.write(`${text}\n`)
} finally {
  await closeAll()
}
