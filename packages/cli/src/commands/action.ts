import type { Command } from 'commander'
import { addOperations } from '../operations.js'
import { note, print, printJson } from '../output.js'
import { resultView } from '../result-view.js'

export function action(program: Command): void {
  const command = program
    .command('action')
    .description('have a guest do something: guestool action matcher/list')
  addOperations(command, 'action', async ({ guest, name, params, settings: { json, timeout } }) => {
    const result = await guest.action(name, params, timeout === undefined ? {} : { timeout })
    if (json) printJson(result)
    else if (result === null) note('done')
    else print(resultView(result))
  })
}
