import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { busiest, nextOrder, searched, sorted, type Process, type SortKey } from './process-rows.js'

const process = (pid: number, name: string, more: Partial<Process> = {}): Process => ({
  pid,
  name,
  age: 1,
  cpu_stdperc: 0,
  cpu_normalized: 0,
  mem: 0,
  ...more,
})

test('a click sorts by what is most telling, the next one turns it', () => {
  const byMemory = nextOrder({ key: 'name', descending: false }, 'mem')
  expect(byMemory).toEqual({ key: 'mem', descending: true })
  expect(nextOrder(byMemory, 'mem')).toEqual({ key: 'mem', descending: false })
  expect(nextOrder(byMemory, 'pid')).toEqual({ key: 'pid', descending: false })
})

test('sorts by each column, and equal ones by pid both ways', () => {
  const list = [process(3, 'b', { mem: 5 }), process(1, 'A', { mem: 5 }), process(2, 'a', { mem: 9 })]
  const pids = (key: SortKey, descending: boolean) => sorted(list, { key, descending }).map(({ pid }) => pid)
  expect(pids('mem', true)).toEqual([2, 1, 3])
  expect(pids('mem', false)).toEqual([1, 3, 2])
  expect(pids('name', false)).toEqual([1, 2, 3])
  expect(pids('pid', true)).toEqual([3, 2, 1])
})

test('finds by a part of the name in any case, and by the beginning of a pid', () => {
  const list = [process(12, 'Node bot.js'), process(312, 'sshd')]
  const pids = (text: string) => searched(list, text).map(({ pid }) => pid)
  expect(pids(' NODE ')).toEqual([12])
  expect(pids('1')).toEqual([12])
  expect(pids('312')).toEqual([312])
  expect(pids('')).toEqual([12, 312])
})

test('the busiest are first, and of the idle the largest', () => {
  const list = [process(1, 'idle'), process(2, 'large', { mem: 7 }), process(3, 'busy', { cpu_stdperc: 1 })]
  expect(busiest(list, 2).map(({ pid }) => pid)).toEqual([3, 2])
})

test('any list stays the same list, in order', () => {
  const any = fc.record({
    pid: fc.nat(50),
    name: fc.string(),
    age: fc.double({ noNaN: true }),
    cpu_stdperc: fc.double({ noNaN: true }),
    cpu_normalized: fc.constant(0),
    mem: fc.double({ noNaN: true }),
  })
  const key = fc.constantFrom<SortKey>('pid', 'name', 'cpu_stdperc', 'mem', 'age')
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), key, fc.boolean(), (list, by, descending) => {
      const ordered = sorted(list, { key: by, descending })
      const isSame = ordered.length === list.length && list.every((one) => ordered.includes(one))
      const isInOrder = ordered.every((one, i) => {
        const before = ordered[i - 1]
        if (before === undefined || by === 'name') return true
        return descending ? before[by] >= one[by] : before[by] <= one[by]
      })
      expect([isSame, isInOrder]).toEqual([true, true])
    }),
  )
})
