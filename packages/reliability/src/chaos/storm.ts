import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '@guestool/core'
import { Child } from '../world/child.js'
import type { GuestsOrders } from '../world/guests.js'
import type { HostOrders } from '../world/host.js'
import type { Claim } from './claims.js'
import { mostInOneSecond } from './spread.js'

const patience = 180_000
/** Of all guests, as much as may dial in any one second. */
const share = 0.3

/** So many guests of a host that dies, and comes again after some milliseconds, with the backoff that every guest has. */
export async function rejoin(processes: number, each: number, away: number): Promise<Claim[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guestool-storm-'))
  const children: { kill(): Promise<void> }[] = []
  const begin = <C extends { kill(): Promise<void> }>(child: C): C => {
    children.push(child)
    return child
  }
  try {
    const all = processes * each
    const host = begin(new Child<HostOrders>('host'))
    const port = await host.tell('listen', 0)
    const guests = Array.from({ length: processes }, () => begin(new Child<GuestsOrders>('guests')))
    for (const [n, child] of guests.entries())
      await child.tell('come', {
        url: `ws://127.0.0.1:${port}`,
        ids: Array.from({ length: each }, (_, i) => `guest-${n}-${i}`),
        journal: join(folder, 'journal'),
      })
    await untilThere(host, all)
    // Each connection counts as a success, so that each backoff starts over.
    await pause(limits.backoffReset + 1_000)
    await dialsOf(guests)
    await latest(guests)

    await host.kill()
    const since = Date.now()
    await pause(away)
    const again = begin(new Child<HostOrders>('host'))
    await again.tell('listen', port)
    const listening = Date.now()
    const back = await untilThere(again, all)
    const took = (Date.now() - listening) / 1_000
    const dials = await dialsOf(guests)
    const late = await latest(guests)
    const most = mostInOneSecond(dials)
    const { lag } = await again.tell('vitals', null)
    await Promise.all(guests.map((child) => child.close(null)))
    await again.close(null)
    const what = `${all} guests, host away for ${((listening - since) / 1_000).toFixed(1)} s`
    return [
      {
        claim: `${what}: all are back`,
        holds: back,
        seen: `after ${took.toFixed(1)} s, ${dials.length} dials; the host's event loop was late by ${lag.toFixed(0)} ms at most`,
      },
      {
        claim: `${what}: at most ${share * 100} % dial in any one second`,
        holds: dials.length >= all && most <= share * all,
        seen: `${most}, which is ${((100 * most) / all).toFixed(1)} %; the guests' event loops were late by ${late.toFixed(0)} ms at most`,
      },
    ]
  } finally {
    await Promise.all(children.map((child) => child.kill()))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function untilThere(host: Child<HostOrders>, all: number): Promise<boolean> {
  const until = Date.now() + patience
  for (;;) {
    const { guests } = await host.tell('counts', null)
    if (guests === all) return true
    if (Date.now() > until) return false
    await pause(100)
  }
}

/** By how much the event loops of guests were late, at most, since this was asked before: dials of that time come at once. */
async function latest(guests: readonly Child<GuestsOrders>[]): Promise<number> {
  const all = await Promise.all(guests.map((child) => child.tell('vitals', null)))
  return Math.max(...all.map(({ lag }) => lag))
}

async function dialsOf(guests: readonly Child<GuestsOrders>[]): Promise<number[]> {
  return (await Promise.all(guests.map((child) => child.tell('dials', null)))).flat()
}
