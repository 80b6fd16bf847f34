import { expect, test } from 'vitest'
import { GuestRegistry } from './guest-registry.js'

const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

test('a socket that lost its id never removes its successor', () => {
  const registry = new GuestRegistry<{ id: string; n: number }>()
  const first = { id: 'a', n: 1 }
  const second = { id: 'a', n: 2 }
  registry.set(first)
  registry.set(second)
  expect(registry.delete(first)).toBe(false)
  expect(registry.get('a')).toBe(second)
  expect(registry.delete(second)).toBe(true)
  expect(registry.delete(second)).toBe(false)
  expect(registry.size).toBe(0)
})

test('ids that are keys of every object are ids like others', () => {
  const registry = new GuestRegistry<{ id: string }>()
  expect(registry.get('__proto__')).toBeUndefined()
  expect(registry.get('constructor')).toBeUndefined()
})

test('claims of one id are decided one after another, those of others at once', async () => {
  const registry = new GuestRegistry<{ id: string }>()
  const order: string[] = []
  const claim = (id: string, name: string) =>
    registry.claim(id).then((end) => {
      order.push(name)
      return end
    })
  const first = claim('a', 'first')
  const second = claim('a', 'second')
  const third = claim('a', 'third')
  const other = claim('b', 'other')
  await turns()
  expect(order).toEqual(['first', 'other'])
  ;(await first)()
  await turns()
  expect(order).toEqual(['first', 'other', 'second'])
  // Whoever comes now is behind all who came before.
  const late = claim('a', 'late')
  ;(await second)()
  // An end that is told twice ends nobody else's claim.
  ;(await first)()
  await turns()
  expect(order).toEqual(['first', 'other', 'second', 'third'])
  ;(await third)()
  ;(await other)()
  ;(await late)()
  expect(order).toEqual(['first', 'other', 'second', 'third', 'late'])
})
