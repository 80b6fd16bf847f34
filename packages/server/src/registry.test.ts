import { closeCode, Failure, newCounts, type Refusal } from '@guestool/core'
import { expect, test } from 'vitest'
import { LocalRegistry, type Change, type Claim, type Holder } from './registry.js'

const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

/** A guest that lives, or not, and notes that it had to make room. */
function holder(id: string, lives: boolean | Promise<boolean> = true): Holder & { displaced: number } {
  const about = { revision: 1, state: 'alive', stateAt: 0, connectedAt: 0, shared: 0 } as const
  return {
    id,
    ...about,
    address: undefined,
    roundTrip: undefined,
    counts: newCounts(),
    displaced: 0,
    provesLife: () => Promise.resolve(lives),
    hangUp: () => Promise.resolve(),
    displace() {
      this.displaced++
    },
    ask: ({ kind, name, params }) => Promise.resolve([kind, name, params]),
  }
}

function granted(claim: Claim | Refusal): Claim {
  if ('code' in claim) throw new Error(`refused: ${claim.reason}`)
  return claim
}

async function held(registry: LocalRegistry, guest: Holder): Promise<Claim> {
  const claim = granted(await registry.claim(guest.id, () => true))
  claim.hold(guest)
  return claim
}

test('a guest that lost its id never removes its successor', async () => {
  const registry = new LocalRegistry()
  const [first, second] = [holder('a', false), holder('a')]
  const firstClaim = await held(registry, first)
  const secondClaim = await held(registry, second)
  expect(first.displaced).toBe(1)
  firstClaim.release()
  expect(registry.find('a')).toBe(second)
  secondClaim.release()
  secondClaim.release()
  expect([...registry.find()]).toEqual([])
})

test('a holder that lives keeps its id; the newcomer is told, and the next one asks anew', async () => {
  const registry = new LocalRegistry()
  const first = holder('a')
  await held(registry, first)
  for (let i = 0; i < 2; i++)
    expect(await registry.claim('a', () => true)).toMatchObject({ code: closeCode.taken })
  expect(first.displaced).toBe(0)
  expect(registry.find('a')).toBe(first)
})

test('whoever left meanwhile displaces nobody', async () => {
  const registry = new LocalRegistry()
  let answer: ((lives: boolean) => void) | undefined
  const first = holder('a', new Promise((resolve) => (answer = resolve)))
  await held(registry, first)
  let there = true
  const claim = registry.claim('a', () => there)
  await turns()
  there = false
  answer?.(false)
  granted(await claim).release()
  expect(first.displaced).toBe(0)
  granted(await registry.claim('b', () => false)).release()
})

test('ids that are keys of every object are ids like others', async () => {
  const registry = new LocalRegistry()
  expect(registry.find('__proto__')).toBeUndefined()
  expect(registry.find('constructor')).toBeUndefined()
  await held(registry, holder('__proto__'))
  expect(registry.find('__proto__')?.id).toBe('__proto__')
})

test('claims of one id are decided one after another, those of others at once', async () => {
  const registry = new LocalRegistry()
  const order: string[] = []
  const claim = (id: string, name: string): Promise<Claim> =>
    registry
      .claim(id, () => true)
      .then((decided) => {
        order.push(name)
        return granted(decided)
      })
  const first = claim('a', 'first')
  const second = claim('a', 'second')
  const third = claim('a', 'third')
  const other = claim('b', 'other')
  await turns()
  expect(order).toEqual(['first', 'other'])
  ;(await first).release()
  await turns()
  expect(order).toEqual(['first', 'other', 'second'])
  // Whoever comes now is behind all who came before.
  const late = claim('a', 'late')
  ;(await second).release()
  // An end that is told twice ends nobody else's claim.
  ;(await first).release()
  await turns()
  expect(order).toEqual(['first', 'other', 'second', 'third'])
  ;(await third).release()
  ;(await other).release()
  ;(await late).release()
  expect(order).toEqual(['first', 'other', 'second', 'third', 'late'])
})

test('of a storm of claims eight wait, and the others are told', async () => {
  const registry = new LocalRegistry()
  const claims = Array.from({ length: 12 }, () => registry.claim('a', () => true))
  const refused = await Promise.all(claims.slice(9))
  expect(refused.map((claim) => 'code' in claim && claim.code)).toEqual([4429, 4429, 4429])
  for (const claim of claims.slice(0, 9)) granted(await claim).release()
  granted(await registry.claim('a', () => true)).release()
})

test('a question goes to the holder; without one it is gone', async () => {
  const registry = new LocalRegistry()
  await held(registry, holder('a'))
  const question = { operation: undefined, kind: 'info', name: 'x', params: { y: 1 } } as const
  expect(await registry.forward('a', question, undefined)).toEqual(['info', 'x', { y: 1 }])
  expect(await registry.forward('b', question, undefined)).toEqual(
    new Failure('gone', 'guest b is not connected to this host'),
  )
})

test('whoever watches hears of what is told, until it stops', async () => {
  const registry = new LocalRegistry()
  const heard: Change[] = []
  const stop = registry.watch((change) => heard.push(change))
  const guest = holder('a')
  const claim = await held(registry, guest)
  claim.tell({ type: 'joined', guest })
  stop()
  claim.tell({ type: 'state', guest })
  expect(heard).toEqual([{ type: 'joined', guest }])
})
