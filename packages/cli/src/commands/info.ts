import type { Command } from 'commander'
import { addOperations } from '../operations.js'
import { print, printJson } from '../output.js'
import { resultView } from '../result-view.js'

export function info(program: Command): void {
  const command = program.command('info').description('ask a guest for an info: guestool info cpu 0.5')
  addOperations(command, 'info', async ({ guest, name, params, settings: { json, timeout } }) => {
    const result = await guest.info(name, params, timeout === undefined ? {} : { timeout })
    if (json) printJson(result)
    else print(resultView(result))
  })
}
