import { describe, expect, test } from 'vitest'
import { nginx, startBoth } from './kit.js'

const pause = (ms: number) => new Promise<'open'>((resolve) => setTimeout(() => resolve('open'), ms))

describe.runIf(nginx)('an idle connection', () => {
  test('outlives the idle timeout that nginx has by default, by the pings of the host', async () => {
    const { tokens, dial } = await startBoth()
    const guest = dial('/join/alpha', { token: tokens.alpha })
    const console = dial('/guests/alpha', { token: tokens.console })
    let pings = 0
    console.socket.on('ping', () => pings++)
    expect(await guest.outcome).toBe('open')
    expect(await console.outcome).toBe('open')
    // The console hears nothing else.
    expect(await Promise.race([guest.closed, console.closed, pause(75_000)])).toBe('open')
    expect(pings).toBeGreaterThanOrEqual(2)
  })

  test('does not outlive a shorter one', async () => {
    const { tokens, dial } = await startBoth('5s')
    const console = dial('/guests/alpha', { token: tokens.console })
    expect(await console.outcome).toBe('open')
    expect(await console.closed).toBe(1006)
  })
})
