// npm run bench -- --profile: where the time of a call goes, in each process that has a part in it. Writes profiles, which
// Chromium's DevTools and speedscope.app draw as flame graphs, and prints the functions that take most by themselves.
import { mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Party } from './party.mjs'
import { quantile, table } from './table.mjs'
import { cores } from './worker.mjs'

const folder = fileURLToPath(new URL('../profiles/', import.meta.url))
const [first, second] = cores
const amount = { calls: 100_000, inFlight: 64 }

/** @type {[name: string, roles: string[], party: () => Party][]} */
const scenes = [
  ['a client asks', ['client', 'host'], () => new Party('sdk', { cores: [first, second] })],
  ['a host asks', ['host', 'guest'], () => new Party('sdk', { asker: 'acceptor', cores: [first, second] })],
  [
    'through a hub',
    ['console', 'guest', 'hub'],
    () => new Party('hub', { cores: [first, first, second], forwards: true }),
  ],
]

export async function printProfiles() {
  mkdirSync(folder, { recursive: true })
  for (const [scene, roles, begin] of scenes) {
    const party = begin()
    try {
      await party.start({ ...amount, calls: amount.calls / 4, sequential: 0 })
      // A profiler takes time itself, so time is taken without it.
      const loads = []
      for (let i = 0; i < 5; i++) loads.push(await party.load({ ...amount, calls: amount.calls / 5 }))
      const files = roles.map((role) => join(folder, `${scene} ${role}.cpuprofile`.replaceAll(' ', '-')))
      await party.profile(amount, files)
      for (const [i, role] of roles.entries()) {
        const time = quantile(loads.map(({ parts }) => parts[i] ?? Number.NaN)).toFixed(1)
        const file = files[i] ?? ''
        console.log(`\n${scene}: the ${role}, ${time} µs of processor per call (${relative('.', file)})\n`)
        console.log(table(['', 'by itself'], topOf(JSON.parse(readFileSync(file, 'utf8')))))
      }
    } finally {
      party.stop()
    }
  }
}

// No work of anybody's code. The system's part of reads and waits is in `(program)`.
const outside = new Set(['(idle)', '(program)', '(root)'])

/**
 * The functions that take most time by themselves, each with its part of all of the time that was profiled.
 *
 * @param {import('node:inspector').Profiler.Profile} profile
 */
function topOf({ nodes, samples = [], timeDeltas = [] }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  /** @type {Map<string, number>} */
  const times = new Map()
  let busy = 0
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    const time = timeDeltas[i] ?? 0
    if (outside.has(name)) continue
    times.set(name, (times.get(name) ?? 0) + time)
    busy += time
  }
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 15)
    .map(([name, time]) => [name, `${((time / busy) * 100).toFixed(1)} %`])
}

/** @param {import('node:inspector').Runtime.CallFrame} frame */
function nameOf({ functionName, url, lineNumber }) {
  if (functionName.startsWith('(')) return functionName
  const file = url.replace(/^.*\/(packages|node_modules)\//, '').replace('/dist/', '/')
  return `${functionName || 'a function'}${file === '' ? '' : ` (${file}:${lineNumber + 1})`}`
}
