import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MemoryAddress } from '../memory-address.js'
import { readFrame } from '../peer/frames.js'
import { Peer } from '../peer/peer.js'
import { VirtualClock } from '../virtual-clock.js'
import { PythonGuest, type PythonGuestOptions } from './guest.js'
import { pyLoads, type PyValue } from './json.js'
import { pythonInfos } from './machine.js'
import { recorded } from './recorded.js'

interface Row {
  readonly t: number
  readonly dir?: string
  readonly text?: string
}

const folder = new URL('../recordings/', import.meta.url)
const read = (file: string): Row[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const machines: Record<string, PythonGuestOptions['machine']> = {
  'emulate-cpufreq_none.jsonl': 'cpufreq_none',
  'emulate-ncores_none.jsonl': 'ncores_none',
  'emulate-partition_error.jsonl': 'partition_error',
}

/** Recordings in which the guest itself closes: at bye, or because hello was not answered as it must be. */
const leaves = new Set([
  'infos.jsonl',
  'infos-nobot.jsonl',
  'bye-pending.jsonl',
  'hello-reserialized.jsonl',
  'hello-request-first.jsonl',
])

// Each frame of the host is sent again at its recorded time, and the guest must send the recorded bytes in the
// recorded order. Measured values are taken from the recording; everything else is the scripted guest's own.
describe.each(readdirSync(folder))('recording %s', (file) => {
  const rows = read(file)
  const frames = rows.filter(({ text, dir }) => text !== undefined && dir !== undefined)
  const recordedBytes = frames.filter(({ dir }) => dir === 'guest>host').map(({ text }) => text!)
  const measured = new Map<string, PyValue[]>()
  for (const text of recordedBytes) {
    const asked = frames
      .filter((row) => row.dir === 'host>guest' && sameOpid(row.text!, text))
      .map((row) => infoName(row.text!))
    // Where two infos were asked under one opid the reply is known by how it begins.
    const name =
      asked.find((known) => text.includes(recorded.get(known ?? '')?.slice(0, 8) ?? '-')) ?? asked[0]
    const result = pyLoads(text)
    if (name === undefined || !(result instanceof Map)) continue
    measured.set(name, [...(measured.get(name) ?? []), result.get('opct')!])
  }

  test('is replayed', async () => {
    const clock = new VirtualClock()
    const peers: Peer[] = []
    const address = new MemoryAddress((end) => {
      const peer = new Peer(end)
      peers.push(peer)
      return peer
    })
    const hello = recordedBytes[0]!
    const guest = new PythonGuest(address.dial, {
      clock,
      ...(machines[file] === undefined ? {} : { machine: machines[file] }),
      measure: (name) => measured.get(name)?.shift(),
    })
    await clock.settle()
    const host = peers[0]!
    const opidHere = String(readFrame(await host.next('hello')).opid)
    const opidThen = String(readFrame(hello).opid)
    const start = frames[0]!.t
    for (const { t, dir, text } of frames) {
      if (dir !== 'host>guest') continue
      await clock.advance(t - start - clock.now())
      host.send(text!.replace(opidThen, opidHere))
    }
    await clock.advance(66_000)
    expect(guest.sent.map((text) => text.replace(opidHere, opidThen))).toEqual(recordedBytes)
    expect(guest.over).toEqual(leaves.has(file) ? { code: 1000, reason: '' } : undefined)
    expect(guest.dead).toBe(file === 'malformed-not-json.jsonl')
    expect(address.dials).toBe(1)
    host.close(1000)
    await clock.settle()
    expect(clock.timers).toBe(0)
  })
})

function sameOpid(request: string, reply: string): boolean {
  const asked = readFrameOrNothing(request)
  return asked !== undefined && asked === readFrameOrNothing(reply)
}

function readFrameOrNothing(text: string): unknown {
  try {
    return readFrame(text).opid
  } catch {
    return undefined
  }
}

function infoName(request: string): string | undefined {
  const name = String(readFrame(request).opnm).replace(/^\/(info|action)./, '')
  return pythonInfos.has(name) ? name : undefined
}
