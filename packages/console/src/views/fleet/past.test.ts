import { expect, test } from 'vitest'
import { minutesShown, withSample } from './histories.js'
import { Lines } from './lines.js'
import { pathsOf } from './spark-path.js'

const past = { start: 100, cpu: [1, null, 3], memory: [4, 5, 6] }
const minute = (at: number): number => at * 60 + 30

test('a sample grows the past, or takes the place of its minute; a gap of a minute stays one', () => {
  expect(withSample(past, minute(103), 7, 8)).toEqual({
    start: 100,
    cpu: [1, null, 3, 7],
    memory: [4, 5, 6, 8],
  })
  expect(withSample(past, minute(101), 7, null)).toEqual({ start: 100, cpu: [1, 7, 3], memory: [4, 5, 6] })
  expect(withSample(past, minute(104), 7, 8)?.cpu).toEqual([1, null, 3, null, 7])
})

test('after a longer gap the hub is asked again', () => {
  expect(withSample(past, minute(106), 7, 8)).toBeUndefined()
  expect(withSample(past, minute(99), 7, 8)).toBeUndefined()
})

test('no more is kept than is shown', () => {
  const full = { start: 0, cpu: Array(minutesShown).fill(1), memory: Array(minutesShown).fill(1) }
  const grown = withSample(full, minute(minutesShown), 2, 3)
  expect(grown?.start).toBe(1)
  expect(grown?.cpu).toHaveLength(minutesShown)
  expect(grown?.memory.at(-1)).toBe(3)
})

test('a line ends at the right, has gaps where nothing is known, and stays in its picture', () => {
  expect(pathsOf([])).toEqual({ line: '', area: '' })
  expect(pathsOf([0, 0, 0]).line).toBe('M120 25h.01')
  const { line, area } = pathsOf([...Array(9).fill(250), ...Array(6).fill(null), ...Array(9).fill(-3)])
  expect(line.match(/M/g)).toHaveLength(2)
  expect(area.match(/Z/g)).toHaveLength(2)
  const heights = [...line.matchAll(/[ML][\d.]+ ([\d.-]+)/g)].map(([, height]) => Number(height))
  expect(Math.min(...heights)).toBe(1)
  expect(Math.max(...heights)).toBe(25)
})

test('of lines of many heights those are found that can be seen', () => {
  const lines = new Lines([10, 20, 10, 40])
  expect(lines.height).toBe(80)
  expect(lines.between(-50, 5)).toEqual([0, 1])
  expect(lines.between(9.9, 30)).toEqual([0, 3])
  expect(lines.between(10, 29)).toEqual([1, 2])
  expect(lines.between(79, 500)).toEqual([3, 4])
  expect(lines.between(500, 900)).toEqual([4, 4])
  expect(new Lines([]).between(0, 100)).toEqual([0, 0])
})
