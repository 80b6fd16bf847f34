import type { Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Server as SecureServer } from 'node:tls'
import type { HubShape } from '@guestool/core'
import type { EntranceRules } from './entrance.js'
import { isLoopback } from './loopback.js'
import { foreignName } from './origin.js'

type Addresses = HubShape['info']['addresses']['result']
type Address = Addresses[number]

/** Where guests can join a host that listens with these servers, the nearest first. Those that do not listen are left out. */
export function addressesOf(
  servers: Iterable<Server>,
  rules: EntranceRules,
  publicUrl: string | undefined,
): Addresses {
  const known = new Map<string, Address>()
  const add = (kind: Address['kind'], url: string, open: boolean): void => {
    known.set(url, { kind, url, open: open || known.get(url)?.open === true })
  }
  for (const server of servers) {
    const bound = server.address()
    if (bound === null || typeof bound === 'string') continue
    const { address, port } = bound
    const scheme = server instanceof SecureServer ? 'wss' : 'ws'
    const listens = (to: string): boolean => address === to || includes(address, to)
    const say = (kind: Address['kind'], host: string, isReached: boolean): void => {
      const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
      const open = isReached && foreignName(authority, rules) === undefined
      add(kind, `${scheme}://${authority}${rules.basePath}`, open)
    }
    const local = isLoopback(address) ? address : '127.0.0.1'
    say('local', local, listens(local))
    for (const each of networkAddresses()) say('network', each, listens(each) && !rules.localOnly)
    // The name of the machine to a container of Docker's, which comes by one of the machine's other addresses.
    say('container', 'host.docker.internal', includes(address, '0.0.0.0') && !rules.localOnly)
  }
  if (publicUrl !== undefined) add('public', publicUrl, true)
  return [...known.values()].toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
}

const kinds: readonly Address['kind'][] = ['local', 'network', 'container', 'public']

/** Whether to listen on an address is to listen on all of another's kind. */
function includes(address: string, other: string): boolean {
  return address === '::' || (address === '0.0.0.0' && !other.includes(':'))
}

/** The addresses of this machine in its networks: of IPv6 only global ones, and only where there are no others. */
function networkAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const others = all.filter(({ internal }) => !internal)
  const ofFour = others.filter(({ family, address }) => family === 'IPv4' && !address.startsWith('169.254.'))
  const found = ofFour.length > 0 ? ofFour : others.filter(({ address }) => /^[23].*:/.test(address))
  return found.map(({ address }) => address)
}
