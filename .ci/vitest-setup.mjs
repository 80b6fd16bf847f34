// The libraries are silent: a test during which anything calls console.* fails, and so does a test that leaves a
// rejection unhandled. A test whose subject prints replaces the method itself: vi.spyOn(console, 'log').
import { afterEach, beforeEach } from 'vitest'

const methods = /** @type {const} */ (['debug', 'error', 'info', 'log', 'trace', 'warn'])
const nextTurn = setTimeout
const inNode = typeof process === 'object' && typeof process.on === 'function'

/** @type {string[]} */
let stray = []

if (inNode)
  process.on(
    'unhandledRejection',
    (reason) => void stray.push(`left a rejection unhandled: ${String(reason)}`),
  )

/** @type {(() => void)[]} */
let restore = []

beforeEach(() => {
  stray = []
  restore = methods.map((method) => {
    const original = console[method]
    /** @param {unknown[]} args */
    const watched = (...args) => {
      stray.push(`called console.${method}: ${args.map(String).join(' ')}`)
      original.apply(console, args)
    }
    console[method] = watched
    return () => {
      if (console[method] === watched) console[method] = original
    }
  })
})

afterEach(async () => {
  // Node reports an unhandled rejection once the microtasks are done.
  await new Promise((resolve) => nextTurn(resolve, 0))
  for (const undo of restore) undo()
  const found = stray
  stray = []
  if (found.length > 0) throw new Error(`This test ${found.join('; and ')}`)
})
