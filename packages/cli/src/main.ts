#!/usr/bin/env node
import { patience } from './commands/completion.js'
import { runProgram } from './program.js'

// Whoever reads along may stop: `guestool events | head -3`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}

const words = process.argv.slice(2)
// A shell that completes a word waits for the end, whatever a host does.
if (words[0] === '__complete') setTimeout(() => process.exit(), 2 * patience).unref()

await runProgram(words)
