import { isGuestoolError } from '@guestool/client'
import { publicUrl, textOf } from '@guestool/core'
import type { Guest } from '@guestool/guest'
import type { Command } from 'commander'
import { targetOf } from '../connection.js'
import { Problem } from '../failure.js'
import { below, guestId } from '../guest-choice.js'
import { joinAs } from '../guest-here.js'
import { interrupted } from '../interrupt.js'

import { ownGuestToken } from '../local-tokens.js'
import { note, paintError } from '../output.js'
import { runningHost } from '../running-host.js'
import { settingsOf, type Settings } from '../settings.js'
import { printable } from '../text.js'
import { thisMachine } from '../this-machine.js'

export function guest(program: Command): void {
  program
    .command('guest')
    .description('join a host as a guest with the real values of this machine, until Ctrl-C')
    .argument(
      '[url]',
      'of the host, with the id if there is one: ws://HOST/join/alpha; the host of the data folder',
    )
    .option('--id <id>', 'join as this guest; the name of this machine unless the URL has one')
    .action(async (given: string | undefined, { id }: { id?: string }, command: Command) => {
      const { url, token } = await placeOf(given, id, settingsOf(command))
      await stay(join(url, token), printable(publicUrl(url)))
    })
}

/** Where to join, and with which token. */
async function placeOf(
  given: string | undefined,
  named: string | undefined,
  settings: Settings,
): Promise<{ url: string; token: string | undefined }> {
  const id = guestId(named ?? thisMachine())
  // A saved host has a console's token, which is none of a guest.
  const { token, data } = settings
  if (given !== undefined) {
    const isWhole = /\/join\/[^/?#]+\/*$/.test(given)
    if (isWhole && named !== undefined)
      throw new Problem('usage', 'the URL has an id already; leave --id out')
    return {
      url: isWhole ? given : checked(() => below(given.replace(/\/join\/*$/, ''), `/join/${id}`)),
      token,
    }
  }
  const { url: host } = await targetOf(settings)
  const url = checked(() => below(host, `/join/${id}`))
  const here = await runningHost(data)
  if (token === undefined && here?.url === host)
    return { url, token: await ownGuestToken(data, await data.tokens(), id) }
  return { url, token }
}

function join(url: string, token: string | undefined): Guest {
  return checked(() => joinAs(url, token))
}

/** A URL that is none is a slip at the keyboard. */
function checked<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof TypeError) throw new Problem('usage', error.message, { cause: error })
    throw error
  }
}

async function stay(running: Guest, where: string): Promise<void> {
  let problem: unknown
  running.on('error', (error) => {
    problem = error
    if (running.state !== 'closed') note(paintError.yellow(printable(textOf(error))))
  })
  const refused = new Promise<void>((_resolve, reject) => {
    running.on('state', (state) => {
      if (state === 'open') note(paintError.green(`joined ${where}`))
      else if (state === 'reconnecting') note(`lost ${where}; dialling again`)
      // The reason follows its state.
      else if (state === 'closed') queueMicrotask(() => isGuestoolError(problem) && reject(problem))
    })
  })
  note(`joining ${where}; Ctrl-C stops`)
  try {
    await Promise.race([interrupted(), refused])
  } finally {
    await running.close()
  }
}
