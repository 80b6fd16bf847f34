import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Hub } from '@guestool/client'
import { consolePage } from '@guestool/console'
import { publicUrl, textOf } from '@guestool/core'
import type { Guest } from '@guestool/guest'
import { createHost, type Host, type HostAddress, type HostOptions, type Tokens } from '@guestool/server'
import { Problem } from './failure.js'
import { joinAs } from './guest-here.js'
import { hint } from './hint.js'
import { followTimeline, logLine } from './host-log.js'
import { interrupted } from './interrupt.js'
import { keepLocalContext, ownGuestToken } from './local-tokens.js'
import { note, paint, print, printJsonLine } from './output.js'
import { assertUnclaimed, claim, unclaim } from './running-host.js'
import type { Settings } from './settings.js'
import { signInLink } from './sign-in.js'
import { printable } from './text.js'
import { thisMachine } from './this-machine.js'

export interface HostFlags {
  readonly port: number
  readonly address: string
  readonly publicUrl?: string
  readonly basePath?: string
  readonly trustProxy?: string[]
  readonly origin?: string[]
  readonly console: boolean
  readonly guest?: string | true
}

/** Runs a host until Ctrl-C. */
export async function runHost(flags: HostFlags, settings: Settings): Promise<void> {
  const stopped = interrupted()
  const { data } = settings
  await data.make()
  await assertUnclaimed(data)
  const keys = await data.tokens()
  // A broken file of tokens lets nobody in: that is said now.
  await keys.list()
  const running = hostOf(flags, keys)
  const log = settings.json ? printJsonLine : logLine
  running.on('error', (error) => log({ what: 'error', text: textOf(error) }))
  let guest: Guest | undefined
  let hub: Hub | undefined
  try {
    const bound = await listen(running, flags)
    const { local, page } = placesOf(bound, flags)
    await claim(data, { url: local, page: flags.console ? page : null, pid: process.pid })
    const token = await keepLocalContext(data, keys, local)
    const link = flags.console ? await signInLink(keys, page) : undefined
    if (settings.json)
      printJsonLine({ what: 'listening', url: bound.url, local, page, link, data: data.path })
    else print(introduction(bound.url, link, data.path))
    warnOfNetwork(bound, flags)
    if (flags.guest !== undefined) {
      const id = flags.guest === true ? thisMachine() : flags.guest
      guest = await joinAs(`${local}/join/${id}`, await ownGuestToken(data, keys, id))
      guest.on('error', (error) => log({ what: 'error', text: `the guest here: ${textOf(error)}` }))
    }
    hub = followTimeline(local, token, log)
    await stopped
  } finally {
    await guest?.close()
    await hub?.close()
    await running.close()
    await unclaim(data)
  }
}

function hostOf(flags: HostFlags, keys: Tokens): Host {
  try {
    return createHost(optionsOf(flags, keys))
  } catch (error) {
    // An origin that is none, say.
    throw error instanceof TypeError ? new Problem('usage', error.message, { cause: error }) : error
  }
}

function optionsOf(flags: HostFlags, keys: Tokens): HostOptions {
  const { basePath, publicUrl: outside, trustProxy, origin } = flags
  return {
    authenticate: keys,
    ...(flags.console && { page: consolePage(basePath === undefined ? {} : { basePath }) }),
    ...(basePath !== undefined && { basePath }),
    ...(outside !== undefined && { publicUrl: outside }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(origin !== undefined && { origins: origin }),
  }
}

async function listen(running: Host, { port, address }: HostFlags): Promise<HostAddress> {
  try {
    return await running.listen(port, { address })
  } catch (error) {
    const { cause } = error as Error
    if (!(cause instanceof Error && 'code' in cause)) throw error
    const advice: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${port} is taken, perhaps by another host; choose another with --port, or let the system choose with --port 0`,
      EACCES: `port ${port} is not for everybody; choose one above 1023 with --port`,
      EADDRNOTAVAIL: `this machine has no address ${printable(address)}; choose another with --address`,
    }
    throw new Problem('failed', advice[String(cause.code)] ?? textOf(error), { cause: error })
  }
}

/** Where this machine dials it, and where people see it. */
function placesOf({ port, address, url }: HostAddress, flags: HostFlags): { local: string; page: string } {
  const everywhere = address === '0.0.0.0' || address === '::'
  const name = everywhere ? '127.0.0.1' : isIP(address) === 6 ? `[${address}]` : address
  const bare = (flags.basePath ?? '').replace(/^\/*|\/+$/g, '')
  const path = bare === '' ? '' : `/${bare}`
  // People mostly look from another machine then, and this one reaches itself there, too.
  const seen = everywhere ? (networkAddress() ?? name) : name
  const page = flags.publicUrl === undefined ? `ws://${seen}:${port}${path}` : url
  return { local: `ws://${name}:${port}${path}`, page: page.replace(/^ws/, 'http') }
}

function networkAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flat()
  return all.find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address
}

function introduction(url: string, link: string | undefined, folder: string): string {
  return [
    `${paint.bold('Host')}     ${paint.green(publicUrl(url))}  ${paint.dim(`data in ${printable(folder)}`)}`,
    ...(link === undefined
      ? []
      : [
          `${paint.bold('Sign in')}  ${paint.cyan(link)}`,
          paint.dim(`         good once, for 10 minutes; a new one: ${hint('login-link')}`),
        ]),
    `${paint.bold('Guests')}   add one with: ${hint('add NAME')}`,
    paint.dim('Ctrl-C stops.'),
  ].join('\n')
}

function warnOfNetwork({ address }: HostAddress, { publicUrl: outside }: HostFlags): void {
  if (/^(127\.|::1$|localhost$)/.test(address) || outside !== undefined) return
  note(
    'warning: ws:// shows tokens to whoever listens on the network; put TLS before it (docs/hosting.md), or trust that network',
  )
}
