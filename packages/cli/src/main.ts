#!/usr/bin/env node
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
  await createProgram().parseAsync(wordsOf(process.argv), { from: 'user' })
} catch (error) {
  process.exitCode = exitCode(error)
  const text = explain(error)
  if (text !== '') process.stderr.write(`${text}\n`)
} finally {
  await closeAll()
}
