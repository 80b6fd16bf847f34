import { isGuestoolError, type Hub } from '@guestool/client'
import { defaultPort } from '@guestool/core'
import { withHost } from './connection.js'
import { localContext, readContexts } from './contexts.js'
import type { DataFolder } from './data-folder.js'
import { Problem } from './failure.js'
import { hint } from './hint.js'
import { runningHost } from './running-host.js'
import type { Settings } from './settings.js'

/** Where a guest can join, as a hub tells it. */
export interface Place {
  readonly kind: 'local' | 'network' | 'container' | 'public'
  /** `/join/{id}` is added to it. */
  readonly url: string
  readonly open: boolean
}

/** Who knows the guests of a host: the host itself, or its data folder while it does not run. */
export interface Membership {
  /** Makes a guest known. Its token; null where nobody needs one. */
  add(guest: string, replace: boolean): Promise<string | null>
  remove(guest: string): Promise<void>
  places(): Promise<readonly Place[]>
}

/**
 * Works with the host that the settings mean; or with its data folder alone, where that is all that they mean and no
 * host runs on it.
 */
export async function withMembership(
  settings: Settings,
  work: (membership: Membership, hub: Hub | undefined) => Promise<void>,
): Promise<void> {
  const { data, url, context } = settings
  const isOwn = url === undefined && (context ?? (await readContexts(data)).current) === localContext
  if (isOwn && (await runningHost(data)) === undefined) return work(membershipInFolder(data), undefined)
  await withHost(settings, ({ hub }) => work(membershipAtHost(hub), hub))
}

function membershipAtHost(hub: Hub): Membership {
  return {
    async add(guest, replace) {
      return (await hub.action('add_guest', { guest, replace })).token
    },
    async remove(guest) {
      await hub.action('remove_guest', { guest })
    },
    places: () => hub.info('addresses'),
  }
}

function membershipInFolder(data: DataFolder): Membership {
  return {
    async add(guest, replace) {
      return (await data.tokens()).addGuest(guest, { replace })
    },
    async remove(guest) {
      if (await (await data.tokens()).removeGuest(guest)) return
      throw new Problem('failed', `guest ${guest} has no token; ${hint('token list')} has them all`)
    },
    places: () => Promise.resolve([{ kind: 'local', url: `ws://127.0.0.1:${defaultPort}`, open: true }]),
  }
}

/** That a guest is known already, with what to type; anything else as it is. */
export function explained(error: unknown, guest: string): unknown {
  const isTaken =
    isGuestoolError(error) && error.code === 'failed' && /has a token already/.test(error.message)
  if (!isTaken) return error
  return new Problem(
    'failed',
    `guest ${guest} has a token already; to end it and make a new one: add --replace`,
  )
}
