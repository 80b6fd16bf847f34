import { expect, test } from 'vitest'
import type { Fault } from './plan.js'
import { Scene } from './scene.js'

/** Each fault once. Those of a line at the same time. */
const plan: readonly (readonly Fault[])[] = [
  [
    { what: 'kill', target: 'guests-0', ms: 0 },
    { what: 'stall', target: 'guests-1', ms: 300 },
    { what: 'cut', target: 'consoles-0', bytes: 2_000 },
  ],
  [
    { what: 'freeze', target: 'guests-1', ms: 300 },
    { what: 'swallow_up', target: 'guests-2', ms: 300 },
    { what: 'swallow_down', target: 'consoles-0', ms: 300 },
  ],
  [{ what: 'kill', target: 'host', ms: 0 }],
  [
    { what: 'freeze', target: 'host', ms: 300 },
    { what: 'reset', target: 'guests-2' },
    { what: 'reset', target: 'consoles-0' },
  ],
]

// Elsewhere no process can be frozen: there is no SIGSTOP on Windows, and the others are not tried.
test.skipIf(process.platform !== 'linux')(
  'a host, guests and consoles in processes of their own, killed, frozen and cut off: every call settles, nothing is done twice, and all is well again (on Linux, which has SIGSTOP)',
  async () => {
    const scene = await Scene.open({
      seed: 1,
      guests: [1, 1, 3],
      consoles: 1,
      hubs: 2,
      clients: 3,
      rest: 20,
      patience: 30_000,
    })
    try {
      for (const faults of plan) await Promise.all(faults.map((fault) => scene.befall(fault)))
      const claims = await scene.judge()
      expect(claims.filter(({ holds }) => !holds)).toEqual([])
      expect(claims).toHaveLength(8)
    } finally {
      await scene.abandon()
    }
  },
  // Ten processes begin in it, which takes a while where much else runs.
  180_000,
)
