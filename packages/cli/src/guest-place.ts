import { isGuestoolError, type ConnectionState } from '@guestool/client'
import { textOf } from '@guestool/core'
import { targetOf } from './connection.js'
import { Problem } from './failure.js'
import { below, guestId } from './guest-choice.js'
import { interrupted } from './interrupt.js'
import { ownGuestToken } from './local-tokens.js'
import { note, paintError } from './output.js'
import { runningHost } from './running-host.js'
import type { Settings } from './settings.js'
import { printable } from './text.js'

/** What joins a host and stays there. */
interface Joining {
  readonly state: ConnectionState
  on(event: 'state', listener: (state: ConnectionState) => unknown): () => void
  on(event: 'error', listener: (error: unknown) => unknown): () => void
  close(): Promise<void>
}

/**
 * Where to join, and with which token.
 *
 * @param given the URL of a host, or the whole address; the host that the settings mean
 * @param named the id, on the command line
 * @param usual the id where none is given
 */
export async function placeOf(
  given: string | undefined,
  named: string | undefined,
  usual: string,
  settings: Settings,
): Promise<{ url: string; token: string | undefined }> {
  const id = guestId(named ?? usual)
  // A saved host has a console's token, which is none of a guest.
  const { token, data } = settings
  if (given !== undefined) {
    const isWhole = /\/join\/[^/?#]+\/*$/.test(given)
    if (isWhole && named !== undefined)
      throw new Problem('usage', 'the URL has an id already; leave --id out')
    return {
      url: isWhole ? given : await checked(() => below(given.replace(/\/join\/*$/, ''), `/join/${id}`)),
      token,
    }
  }
  const { url: host } = await targetOf(settings)
  const url = await checked(() => below(host, `/join/${id}`))
  const here = await runningHost(data)
  if (token === undefined && here?.url === host)
    return { url, token: await ownGuestToken(data, await data.tokens(), id) }
  return { url, token }
}

/** A URL that is none is a slip at the keyboard. */
export async function checked<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof TypeError) throw new Problem('usage', error.message, { cause: error })
    throw error
  }
}

/** Until Ctrl-C, or until it is not let in. */
export async function stay(running: Joining, where: string): Promise<void> {
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
