import { createClient } from '@guestool/client'
import { createGuest, type GuestOptions } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { createHost } from '@guestool/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Readings } from './readings.js'

// Real samples on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const eventually = { timeout: 10_000, interval: 20 }

async function reading(info: Partial<GuestOptions['info']>) {
  const host = createHost()
  const { url } = await host.listen(0)
  const guest = createGuest(`${url}/join/alpha`, {
    info: { ...systemInfo(), ...info },
    action: 'unsupported',
  })
  await new Promise((resolve) => {
    host.on('guest', resolve)
  })
  const client = createClient(`${url}/guests/alpha`)
  const readings = new Readings(client)
  onTestFinished(async () => {
    await client.close()
    await readings.done
    await guest.close()
    await host.close()
  })
  return { readings, guest }
}

test('holds the last of everything that it watches', async () => {
  const { readings } = await reading({})
  await vi.waitFor(() => {
    expect(Object.keys(readings.latest)).toHaveLength(8)
    expect(readings.networks.length).toBeGreaterThan(0)
  }, eventually)
  expect(readings.problems).toEqual(new Map())
})

test('keeps what it has when the guest leaves, and says why there is no more', async () => {
  const { readings, guest } = await reading({})
  await vi.waitFor(() => expect(readings.latest.memory).toBeDefined(), eventually)
  await guest.close()
  await vi.waitFor(() => expect(readings.problems.get('memory')).toBeDefined(), eventually)
  expect(readings.latest.memory).toBeDefined()
})

test('an info that the guest does not have is a problem of that info alone', async () => {
  const { readings } = await reading({ cpu: 'unsupported' })
  await vi.waitFor(() => {
    expect(readings.problems.get('cpu')).toMatch(/does not have/)
    expect(readings.latest.memory).toBeDefined()
  }, eventually)
})
