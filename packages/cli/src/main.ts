#!/usr/bin/env node
import { runProgram } from './program.js'

// Whoever reads along may stop: `guestool events | head -3`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}

await runProgram(process.argv.slice(2))
