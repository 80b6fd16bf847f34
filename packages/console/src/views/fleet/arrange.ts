import { worstFirst, type Condition } from '@guestool/core/condition'
import { conditionOf, type Member } from '../../app/fleet/member.js'

export const sorts = ['worst', 'name', 'since', 'events', 'calls', 'cpu', 'memory'] as const
export type Sort = (typeof sorts)[number]

export const shows = ['all', 'problems', 'gone', 'unresponsive', 'awaited', 'bots', 'well'] as const
/** Which guests are shown. */
export type Show = (typeof shows)[number]

export interface Wish {
  /** Of the id, the address or the id of a bot. */
  readonly text: string
  readonly show: Show
  readonly sort: Sort
  /** The other way round. */
  readonly reversed: boolean
  readonly byMachine: boolean
}

export const firstWish: Wish = { text: '', show: 'all', sort: 'worst', reversed: false, byMachine: false }

/** A line of the fleet: a guest, or the machine that those below it are on. */
export type Item =
  | { readonly kind: 'guest'; readonly key: string; readonly member: Member; readonly condition: Condition }
  | {
      readonly kind: 'machine'
      readonly key: string
      readonly address: string | null
      readonly guests: number
      readonly problems: number
    }

function shownBy(show: Show, condition: Condition): boolean {
  if (show === 'all') return true
  if (show === 'problems') return condition !== 'well'
  if (show === 'bots') return condition === 'departed' || condition === 'silent'
  return show === condition
}

/** When it came into its condition, in Unix seconds. */
export function sinceOf({ stateTs, vitals }: Member, condition: Condition): number {
  if (condition !== 'departed' && condition !== 'silent') return stateTs
  const since = vitals?.bots.flatMap(({ state, state_ts }) => (state === condition ? [state_ts] : [])) ?? []
  return Math.min(...since)
}

const { compare } = new Intl.Collator('en', { numeric: true })

type Guest = Item & { kind: 'guest' }

/** The guests that are wished for, in the order that is wished for; equals by their ids. */
export function arrange(members: Iterable<Member>, wish: Wish): Item[] {
  const text = wish.text.trim().toLowerCase()
  const guests: Guest[] = []
  for (const member of members) {
    const condition = conditionOf(member)
    if (shownBy(wish.show, condition) && fits(member, text))
      guests.push({ kind: 'guest', key: member.id, member, condition })
  }
  const order = orderOf(wish)
  guests.sort((a, b) => order(a, b) || compare(a.member.id, b.member.id))
  return wish.byMachine ? machines(guests) : guests
}

function fits({ id, address, vitals }: Member, text: string): boolean {
  if (text === '') return true
  const has = (name: string): boolean => name.toLowerCase().includes(text)
  return has(id) || (address !== null && has(address)) || (vitals?.bots.some((bot) => has(bot.id)) ?? false)
}

function orderOf({ sort, reversed }: Wish): (a: Guest, b: Guest) => number {
  const turn = reversed ? -1 : 1
  if (sort === 'name') return (a, b) => turn * compare(a.member.id, b.member.id)
  if (sort === 'worst') return (a, b) => turn * worstFirst(a.condition, b.condition)
  const value = values[sort]
  // The most first, and what is unknown last, either way.
  return (a, b) => {
    const [one, other] = [value(a), value(b)]
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return turn * (other - one)
  }
}

const values: Readonly<Record<Exclude<Sort, 'worst' | 'name'>, (guest: Guest) => number | null>> = {
  since: ({ member, condition }) => sinceOf(member, condition),
  events: ({ member }) => member.vitals?.events_per_minute ?? null,
  calls: ({ member }) => member.vitals?.api_calls_per_minute ?? null,
  cpu: ({ member }) => member.vitals?.cpu_percent ?? null,
  memory: ({ member }) => member.vitals?.memory_percent ?? null,
}

/** Guests under their machines; the machine of the first guest comes first. */
function machines(guests: readonly Guest[]): Item[] {
  const groups = new Map<string | null, Guest[]>()
  for (const guest of guests) {
    const { address } = guest.member
    const group = groups.get(address)
    if (group === undefined) groups.set(address, [guest])
    else group.push(guest)
  }
  const items: Item[] = []
  for (const [address, group] of groups) {
    const problems = group.filter(({ condition }) => condition !== 'well').length
    items.push({ kind: 'machine', key: `machine ${address}`, address, guests: group.length, problems })
    items.push(...group)
  }
  return items
}
