// The parts of a call, one by one, in this process.
import { createClient } from '@guestool/client'
import {
  Acceptor,
  decode,
  dispatch,
  encode,
  guestool,
  newOpid,
  SessionResponder,
  systemClock,
} from '@guestool/core'
import { Bench } from 'tinybench'

import { cpu, smptime } from './payload.mjs'

// Each run of a task is long enough for a clock.
const repeats = 1_000

const operation = /** @type {import('@guestool/core').Operation} */ (guestool.info.get('cpu'))
const opid = newOpid()
const text = encode(opid, '/info', cpu)
const message = { opid, opnm: '/info', opct: cpu }

/** @type {Record<string, () => unknown>} */
const parts = {
  'JSON.stringify of a reply': () => JSON.stringify(message),
  'encode a reply': () => encode(opid, '/info', cpu),
  'JSON.parse of a reply': () => JSON.parse(text),
  'decode a reply': () => decode(text),
  'check params': () => operation.checkParams({ smptime }),
  'check a result': () => operation.checkResult(cpu),
  'a fresh opid': newOpid,
}

/**
 * @param {number} milliseconds for each part
 * @returns {Promise<[part: string, nanoseconds: number][]>} medians
 */
export async function measureParts(milliseconds) {
  const bench = new Bench({ time: milliseconds, warmupTime: milliseconds / 2 })
  for (const [name, part] of Object.entries(parts)) {
    bench.add(name, () => {
      for (let i = 0; i < repeats; i++) part()
    })
  }
  const client = pairedClient()
  bench.add('client.info, there and back without a socket', async () => {
    await Promise.all(Array.from({ length: repeats }, () => client.info('cpu', smptime)))
  })
  await bench.run()
  await client.close()
  return bench.tasks.map(({ name, result }) => [
    name,
    result.state === 'completed' ? (result.latency.p50 * 1e6) / repeats : Number.NaN,
  ])
}

/** A client, and what answers it at the other end of two queues. */
function pairedClient() {
  const answer = dispatch(guestool, { info: { cpu: () => cpu } })
  return createClient('ws://localhost/guests/bench', {
    dial: (receiver) => {
      const toClient = queue((frame) => receiver.text(frame))
      const acceptor = new Acceptor(
        { send: toClient, close() {} },
        {
          clock: systemClock,
          role: (session) => new SessionResponder(session, { answer, maxPending: repeats }),
          opened() {},
          closed() {},
        },
      )
      queueMicrotask(() => receiver.opened())
      return {
        send: queue((frame) => acceptor.text(frame)),
        close: (code, reason) => {
          acceptor.closed(code, reason)
          receiver.closed(code, reason)
        },
        ping() {},
      }
    },
  })
}

/**
 * Frames that are sent in one turn arrive together in the next, as they do from a socket.
 *
 * @param {(text: string) => void} arrive
 * @returns {(text: string) => void}
 */
function queue(arrive) {
  /** @type {string[]} */
  let waiting = []
  const deliver = () => {
    const frames = waiting
    waiting = []
    for (const frame of frames) arrive(frame)
  }
  return (frame) => {
    if (waiting.push(frame) === 1) setImmediate(deliver)
  }
}
