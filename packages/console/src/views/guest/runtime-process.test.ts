import { expect, test } from 'vitest'
import { runtimeCandidates } from './runtime-process.js'

const process = (pid: number, name: string, age: number, mem = 1) => {
  return { pid, name, age, mem, cpu_stdperc: 0, cpu_normalized: 0 }
}
const pids = (list: ReturnType<typeof process>[], sampled: [number, number] = [1_010, 1_011]) =>
  runtimeCandidates(list, { nonebot: 500, at: 1_000 }, sampled).map(({ pid }) => pid)

test('it is the process that is as old as the guest says it is', () => {
  expect(pids([process(1, 'init', 90_000), process(7, 'python3', 510.4), process(8, 'bash', 505)])).toEqual([
    7,
  ])
  expect(pids([process(1, 'init', 90_000)])).toEqual([])
})

test('of those that started together it is the runtime, else the largest', () => {
  const shell = process(6, 'sh', 510, 900)
  expect(pids([shell, process(7, 'npm exec', 510, 5), process(8, 'node', 510.3, 50)])).toEqual([8, 6, 7])
})

test('a guest that looks at one process after another may have looked at any time until it answered', () => {
  const list = [process(7, 'python3', 548)]
  expect(pids(list)).toEqual([])
  expect(pids(list, [1_010, 1_050])).toEqual([7])
})
