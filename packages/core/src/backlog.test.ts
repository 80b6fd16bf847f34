import { expect, test } from 'vitest'
import { Backlog, type Reader } from './backlog.js'

const kib = 1024
const mib = 1024 * kib

class Console implements Reader {
  unread = 0
  noted = 0
  terminated = false
  readonly #backlog: Backlog

  constructor(backlog: Backlog) {
    this.#backlog = backlog
  }

  send(bytes: number): void {
    this.unread += bytes
    this.#backlog.sent(this)
  }

  terminate(): void {
    this.terminated = true
  }
}

const some = (count: number, max: number) => {
  const backlog = new Backlog(max)
  return { backlog, consoles: Array.from({ length: count }, () => new Console(backlog)) }
}

const terminated = (consoles: Console[]) => consoles.flatMap((each, i) => (each.terminated ? [i] : []))

test('up to the limit nobody is dropped; beyond it whoever holds most, and no more than it takes', () => {
  const { consoles } = some(5, 10 * mib)
  for (const [i, mibs] of [2, 4, 1, 3].entries()) consoles[i]?.send(mibs * mib)
  expect(terminated(consoles)).toEqual([])
  consoles[4]?.send(1 * mib)
  expect(terminated(consoles)).toEqual([1])
  consoles[2]?.send(2 * mib)
  expect(terminated(consoles)).toEqual([1])
  consoles[2]?.send(2 * mib)
  expect(terminated(consoles)).toEqual([1, 2])
})

test('what was read meanwhile does not count, although nothing was sent since', () => {
  const { consoles } = some(3, 10 * mib)
  consoles[0]?.send(6 * mib)
  consoles[1]?.send(4 * mib)
  for (const each of consoles) each.unread = 0
  consoles[2]?.send(9 * mib)
  expect(terminated(consoles)).toEqual([])
  // Also what fills up a second time.
  consoles[0]?.send(500 * kib)
  consoles[1]?.send(1 * mib)
  expect(terminated(consoles)).toEqual([2])
})

test('what creeps up in small frames counts', () => {
  const { consoles } = some(100, 10 * mib)
  for (let frame = 0; frame < 200; frame++) for (const each of consoles) each.send(kib)
  const held = consoles.filter((each) => !each.terminated)
  expect(held.reduce((total, { unread }) => total + unread, 0)).toBeLessThan(10 * mib + 100 * 128 * kib)
  expect(held.length).toBeGreaterThan(40)
})

test('what every socket holds for a moment is not looked at', () => {
  const { consoles } = some(1_000, 10 * mib)
  for (const each of consoles) each.send(60 * kib)
  expect(terminated(consoles)).toEqual([])
})

test('a socket that is gone holds nothing', () => {
  const { backlog, consoles } = some(2, 10 * mib)
  consoles[0]?.send(8 * mib)
  if (consoles[0] !== undefined) backlog.forget(consoles[0])
  consoles[1]?.send(8 * mib)
  expect(terminated(consoles)).toEqual([])
})
