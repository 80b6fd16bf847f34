import { createHub, isGuestoolError, type Hub } from '@guestool/client'
import { guestool, textOf, type Shape } from '@guestool/core'
import { Option, type Command } from 'commander'
import { Problem } from '../failure.js'
import { joinAs } from '../guest-here.js'
import { paint, print, printJson } from '../output.js'
import { resultView } from '../result-view.js'
import { settingsOf } from '../settings.js'
import { printable } from '../text.js'
import { thisMachine } from '../this-machine.js'

/** Rows of a list that are shown. */
const longest = 20

export function check(program: Command): void {
  program
    .command('check')
    .description(
      'be a host, a guest and a console for a moment, and print everything that this machine tells',
    )
    .addOption(new Option('--revision <number>', 'of the protocol').choices(['1', '2']).default('1'))
    .action(async (flags: { revision: '1' | '2' }, command: Command) => {
      const { json } = settingsOf(command)
      const outcomes = await askHere(flags.revision === '2' ? 2 : 1)
      if (json) printJson(Object.fromEntries(outcomes.map(({ name, ...outcome }) => [name, outcome])))
      else print(outcomes.map(section).join('\n\n'))
      const failed = outcomes.filter((each) => 'error' in each && each.error !== 'unsupported')
      if (failed.length > 0)
        throw new Problem('failed', `${failed.map(({ name }) => name).join(', ')}: no value came; see above`)
    })
}

type Outcome = { readonly name: string } & (
  | { readonly result: unknown }
  | { readonly error: string; readonly text: string }
)

/** Real sockets, on a port that nobody else uses, for nobody but this machine. */
async function askHere(revision: 1 | 2): Promise<Outcome[]> {
  const { createHost } = await import('@guestool/server')
  const host = createHost({ history: false })
  const { url } = await host.listen(0)
  const id = thisMachine()
  const guest = await joinAs(`${url}/join/${id}`, undefined, revision)
  const hub = createHub(url, { revision }) as unknown as Hub<Shape>
  try {
    await new Promise((resolve) => {
      host.on('guest', resolve)
    })
    return await Promise.all(
      Array.from(guestool.info.values(), async ({ name, sampling }): Promise<Outcome> => {
        try {
          const params = sampling === undefined ? {} : { [sampling]: 0.5 }
          return { name, result: await hub.guest(id).info(name, params as never) }
        } catch (error) {
          return { name, error: isGuestoolError(error) ? error.code : 'failed', text: textOf(error) }
        }
      }),
    )
  } finally {
    await hub.close()
    await guest.close()
    await host.close()
  }
}

function section(outcome: Outcome): string {
  const lines =
    'result' in outcome
      ? resultView(outcome.result, longest)
      : paint.yellow(`${outcome.error}: ${printable(outcome.text)}`)
  return [paint.bold(outcome.name), ...lines.split('\n').map((line) => `  ${line}`)].join('\n')
}
