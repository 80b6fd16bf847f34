import type { Hub } from '@guestool/client'
import { publicUrl, textOf } from '@guestool/core'
import type { Command } from 'commander'
import { completedBy, files } from '../completion.js'
import { checkFolder, settingLine, writeSetting } from '../dotenv.js'
import { Problem } from '../failure.js'
import { below, guestId } from '../guest-choice.js'
import { exitCodeOf, interrupted } from '../interrupt.js'
import { pastOf, waitForGuest, type Past, type Steps } from '../joining.js'
import { explained, withMembership, type Membership, type Place } from '../membership.js'
import { note, paintError, print, printJson } from '../output.js'
import { resultLine } from '../result-view.js'
import { settingsOf, type Settings } from '../settings.js'
import { printable } from '../text.js'

interface AddFlags {
  readonly dotenv?: string
  readonly address?: string
  readonly replace?: boolean
  readonly wait?: boolean
}

export function add(program: Command): void {
  program
    .command('add')
    .description('make a guest known to the host, and print the line that the guest needs')
    .argument('<name>', 'the id of the guest: alpha')
    .addOption(
      completedBy(
        program.createOption('--dotenv <file>', 'write the line into this file, and keep the rest of it'),
        files,
      ),
    )
    .option(
      '--address <where>',
      'where the guest dials: local, network, container, public, or a URL (default: public if there is one, else local)',
    )
    .option('--replace', 'make a new token, and end the one that it has')
    .option('--wait', 'tell how it joins, until its first value')
    .action(async (name: string, flags: AddFlags, command: Command) => {
      const id = guestId(name)
      const settings = settingsOf(command)
      await withMembership(settings, async (membership, hub) => {
        if (flags.wait !== true) return addGuest(id, membership, flags, settings)
        if (hub === undefined)
          throw new Problem('unreachable', 'there is no host to wait at; start it, or leave --wait out')
        const past = await pastOf(hub, id)
        await addGuest(id, membership, flags, settings)
        await wait(hub, id, past)
      })
    })
}

async function addGuest(
  id: string,
  membership: Membership,
  flags: AddFlags,
  settings: Settings,
): Promise<void> {
  // Before there is a token that nobody would see.
  if (flags.dotenv !== undefined) await checkFolder(flags.dotenv)
  const place = placeAt(await membership.places(), flags.address)
  let token: string | null
  try {
    token = await membership.add(id, flags.replace ?? false)
  } catch (error) {
    throw explained(error, id)
  }
  const url = withCredentials(below(place.url, `/join/${id}`), id, token)
  if (flags.dotenv !== undefined) {
    try {
      await writeSetting(flags.dotenv, url)
    } catch (error) {
      // Its token is made, and cannot be seen again.
      print(settingLine(url))
      throw error
    }
  }
  if (settings.json) printJson({ guest: id, url, line: settingLine(url), dotenv: flags.dotenv ?? null })
  else if (flags.dotenv === undefined) print(settingLine(url))
  else
    note(
      `${printable(flags.dotenv)} has the line ${settingLine(publicUrl(url).replace('://', `://${id}:…@`))}`,
    )
  if (!place.open)
    note(
      paintError.yellow(
        `The host does not listen there yet: start it with --address 0.0.0.0, or something in front of it.`,
      ),
    )
  note(advice(flags))
}

function advice({ dotenv }: AddFlags): string {
  const where =
    dotenv === undefined
      ? `Put the line into the bot's .env file (a variable of the environment alone is ignored).\n`
      : ''
  const token = 'Its token cannot be seen again; add --replace makes a new one.\n'
  return paintError.dim(
    `${where}${token}The public Python guest needs beside it: its plugin loaded, Python 3.11 or newer, and a restart of the bot.`,
  )
}

/** Where the guest dials. */
function placeAt(places: readonly Place[], wanted: string | undefined): { url: string; open: boolean } {
  if (wanted === undefined) {
    const usual =
      places.find(({ kind }) => kind === 'public') ?? places.find(({ kind }) => kind === 'local') ?? places[0]
    if (usual === undefined)
      throw new Problem('usage', 'the host does not say where it is; give its URL with --address')
    return usual
  }
  if (wanted.includes('://')) {
    try {
      return { url: below(wanted, ''), open: true }
    } catch (error) {
      if (error instanceof TypeError) throw new Problem('usage', error.message, { cause: error })
      throw error
    }
  }
  const fitting = places.filter(({ kind }) => kind === wanted)
  const found = fitting.find(({ open }) => open) ?? fitting[0]
  if (found !== undefined) return found
  const known = [...new Set(places.map(({ kind }) => kind))].join(', ')
  throw new Problem(
    'usage',
    `--address ${wanted}: the host has no such address; it has ${known || 'none'}, or give a URL`,
  )
}

function withCredentials(url: string, id: string, token: string | null): string {
  if (token === null) return url
  // What is in a URL as it is: a token of the host's own has nothing to escape.
  return url.replace('://', `://${id}:${encodeURIComponent(token)}@`)
}

async function wait(hub: Hub, id: string, past: Past): Promise<void> {
  const stop = new AbortController()
  const stopped = interrupted()
  void stopped.then(() => stop.abort())
  note(`Waiting for ${id}; Ctrl-C stops.`)
  try {
    await waitForGuest(hub, id, past, steps, stop.signal)
  } catch (error) {
    throw new Problem('guestAway', `it joined, but does not answer: ${textOf(error)}`, { cause: error })
  }
  if (stop.signal.aborted) process.exitCode = exitCodeOf(await stopped)
}

const steps: Steps = {
  joined({ address, revision }) {
    done(`reached, from ${printable(address ?? 'here')}`)
    done('its token is right')
    done(`hello, in revision ${revision}`)
  },
  refused(reason, address) {
    const text = `reached, from ${printable(address ?? 'here')}, but not let in: ${printable(reason)}`
    note(`${paintError.red('✗')} ${text}`)
  },
  value(info, result) {
    done(`first value: ${info}: ${resultLine(result)}`)
  },
}

function done(text: string): void {
  note(`${paintError.green('✓')} ${text}`)
}
