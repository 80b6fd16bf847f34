// The libraries are silent: a test during which anything calls console.* fails. A test whose subject prints replaces
// the method itself: vi.spyOn(console, 'log').mockImplementation(() => {}).
//
// Rejections left unhandled are Vitest's to report, and it fails the run for them; but only as long as nobody else
// listens to `unhandledRejection`, so no test may do that either.
import { afterAll, afterEach, beforeEach } from 'vitest'

const methods = /** @type {const} */ (['debug', 'error', 'info', 'log', 'trace', 'warn'])
const nextTurn = setTimeout

/** @type {string[]} */
let stray = []
/** @type {(() => void)[]} */
let restore = []

beforeEach(() => {
  restore = methods.map((method) => {
    const original = console[method]
    /** @param {unknown[]} args */
    const watched = (...args) => {
      stray.push(`console.${method}: ${args.map(String).join(' ')}`)
      original.apply(console, args)
    }
    console[method] = watched
    return () => {
      if (console[method] === watched) console[method] = original
    }
  })
})

afterEach(async () => {
  // Node tells of an unhandled rejection when the microtasks are done: let that be while it is known whose it is.
  await new Promise((resolve) => nextTurn(resolve, 0))
  for (const undo of restore) undo()
  const found = stray
  stray = []
  if (found.length > 0) throw new Error(`This test called ${found.join('; and ')}`)
})

afterAll(() => {
  if (typeof process !== 'object' || typeof process.listeners !== 'function') return
  if (process.listeners('unhandledRejection').length > 1)
    throw new Error('A listener to unhandledRejection hides rejections from Vitest')
})
