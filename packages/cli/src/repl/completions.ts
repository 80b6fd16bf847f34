import type { Hub } from '@guestool/client'
import { hub as hubContract, type Contract } from '@guestool/core'

/**
 * What a name that is being typed can become: infos, actions and events where one is called for, ids of guests in
 * `hub.guest('`. Undefined anywhere else.
 *
 * @returns what there is, and the part of the line that each of it replaces
 */
export async function completionsOf(
  line: string,
  hub: Pick<Hub, 'guests'>,
  contract: Contract,
): Promise<[string[], string] | undefined> {
  const [, whose = '', call = '', begun] =
    /([\w$.]+|hub\.guest\(\s*['"`][^'"`]*['"`]\s*\))\.(info|watch|action|onEvent|guest)\(\s*['"`]([^'"`]*)$/.exec(
      line,
    ) ?? []
  if (begun === undefined) return undefined
  const names = await namesFor(whose, call, hub, contract)
  return [names.filter((name) => name.startsWith(begun)).toSorted(), begun]
}

async function namesFor(
  whose: string,
  call: string,
  hub: Pick<Hub, 'guests'>,
  contract: Contract,
): Promise<string[]> {
  if (call === 'guest') return (await hub.guests()).map(({ id }) => id)
  const asked = whose === 'hub' ? hubContract : contract
  if (call === 'onEvent') return [...asked.event.keys()]
  return [...asked[call === 'action' ? 'action' : 'info'].keys()]
}
