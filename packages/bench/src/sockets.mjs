// Two processes and a socket between them. The floor and the SDK take turns, pass by pass, so that whatever else the
// machine does hurts both alike: what is believed is the ratio of two passes that followed one another.
import { Party } from './party.mjs'

/**
 * @typedef {object} Amount
 * @property {number} pairs of passes, one of the floor and one of the SDK
 * @property {number} calls of a pass
 * @property {number} sequential calls of a pass, one after another
 *
 * @typedef {Record<'cpu' | 'rate' | 'latency', number>} Figures microseconds per call, calls a second, microseconds
 */

const inFlight = 64

/**
 * @param {Party} party
 * @param {Amount} amount
 * @returns {Promise<Figures>}
 */
async function pass(party, { calls, sequential }) {
  const { cpu, rate } = await party.load({ calls, inFlight })
  return { cpu, rate, latency: await party.sequence(sequential) }
}

/**
 * @param {import('./party.mjs').Placement} placement
 * @param {Amount} amount
 * @returns {Promise<{ floor: Figures, sdk: Figures }[]>} pass by pass
 */
export async function measureSockets(placement, amount) {
  const floor = new Party('floor', placement)
  const sdk = new Party('sdk', placement)
  try {
    await floor.start({ ...amount, inFlight })
    await sdk.start({ ...amount, inFlight })
    const passes = []
    for (let i = 0; i < amount.pairs; i++) {
      if (i % 2 === 0) passes.push({ floor: await pass(floor, amount), sdk: await pass(sdk, amount) })
      else {
        const second = await pass(sdk, amount)
        passes.push({ floor: await pass(floor, amount), sdk: second })
      }
    }
    return passes
  } finally {
    floor.stop()
    sdk.stop()
  }
}
