// Consoles in a process of their own: some of the whole hub, some of one guest each.
import { createClient, createHub } from '@guestool/client'
import { addCounts, newCounts, type BackoffOptions, type Counts } from '@guestool/core'
import { seededRandom } from '../random.js'
import { Asker, type Asked } from './asker.js'
import { contract } from './contract.js'
import { Journal } from './journal.js'
import { obey } from './obey.js'
import { Ledger, type Tally } from './tally.js'
import { vitals, type Vitals } from './vitals.js'

interface ConsolesOptions {
  /** Where the host is: `ws://127.0.0.1:…` */
  readonly url: string
  /** Begins the ids of all actions. */
  readonly name: string
  readonly guests: readonly string[]
  /** How many consoles of the hub, and how many of one guest. */
  readonly hubs: number
  readonly clients: number
  /** The longest rest of each between two questions, in milliseconds. */
  readonly rest: number
  readonly seed: number
  /** Where the outcome of each action is written down. */
  readonly journal: string
  readonly backoff: BackoffOptions
}

export type ConsolesOrders = {
  come(options: ConsolesOptions): void
  /** So many leave, in the middle of what they ask, and as many others come. */
  swap(many: number): Promise<void>
  /** Nobody asks anything more. */
  stop(nothing: null): void
  tally(nothing: null): Tally
  counts(nothing: null): Counts
  /** Each asks once more, those of the hub each of some guests; how many do not get their answer, and why. */
  check(guests: readonly string[]): Promise<string[]>
  vitals(nothing: null): Promise<Vitals>
  close(nothing: null): Promise<void>
}

/** A console and who sits at it. */
interface Seat {
  readonly asker: Asker
  readonly guests: (wanted: readonly string[]) => readonly Asked[]
  readonly counts: () => Readonly<Counts>
  readonly close: () => Promise<void>
  /** Makes another of the same kind. */
  readonly again: () => Seat
}

const ledger = new Ledger()
const over = newCounts()
let seats: Seat[] = []
let seated = 0

function sit(options: ConsolesOptions, isHub: boolean): Seat {
  const { url, guests, rest, seed, backoff } = options
  const number = seated++
  const random = seededRandom(seed + number)
  const drawn = (): string => guests[Math.floor(random() * guests.length)] ?? ''
  const asking = { ledger, random, rest, journal: new Journal(options.journal) }
  const name = `${options.name}.${number}`
  const again = (): Seat => sit(options, isHub)
  if (isHub) {
    const hub = createHub(url, { contract, backoff })
    const asked = (id: string): Asked => ({ id, requester: hub.guest(id) })
    const asker = new Asker({ ...asking, name, hub, guest: () => asked(drawn()) })
    const seat = {
      asker,
      guests: (ids: readonly string[]) => ids.map(asked),
      counts: () => hub.counts,
      close: () => hub.close(),
      again,
    }
    void asker.run()
    return seat
  }
  const id = drawn()
  const client = createClient(`${url}/guests/${id}`, { contract, backoff })
  const asked = { id, requester: client }
  const asker = new Asker({ ...asking, name, hub: undefined, guest: () => asked })
  void asker.run()
  return { asker, guests: () => [asked], counts: () => client.counts, close: () => client.close(), again }
}

function come(options: ConsolesOptions): void {
  for (let n = 0; n < options.hubs; n++) seats.push(sit(options, true))
  for (let n = 0; n < options.clients; n++) seats.push(sit(options, false))
}

async function leave(leaving: readonly Seat[]): Promise<void> {
  for (const { asker } of leaving) asker.leave()
  await Promise.all(leaving.map(({ close }) => close()))
  for (const { counts } of leaving) addCounts(over, counts())
}

async function swap(many: number): Promise<void> {
  // Whoever sits longest.
  const leaving = seats.slice(0, many)
  seats = [...seats.slice(many), ...leaving.map(({ again }) => again())]
  await leave(leaving)
}

async function check(wanted: readonly string[]): Promise<string[]> {
  const failures: string[] = []
  const asked = seats.flatMap(({ asker, guests }) => guests(wanted).map((guest) => ({ asker, guest })))
  const ask = async ({ asker, guest }: (typeof asked)[number]): Promise<void> => {
    const outcome = await asker.echo(guest)
    if (outcome !== 'ok') failures.push(`${guest.id}: ${outcome}`)
  }
  await Promise.all(asked.map(ask))
  return failures
}

obey({
  come,
  swap,
  stop() {
    for (const { asker } of seats) asker.stop()
  },
  tally: () => ledger.tally,
  counts() {
    const counts = addCounts(newCounts(), over)
    for (const seat of seats) addCounts(counts, seat.counts())
    return counts
  },
  check,
  vitals,
  close: () => leave(seats),
} satisfies ConsolesOrders)
