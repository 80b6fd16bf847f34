import { expect, test } from 'vitest'
import { mainDevice, ratesOf } from './rates.js'

test('bytes during a sample become bytes a second, the busiest device first', () => {
  const disks = [
    { device: 'loop0', read_bytes: 0, write_bytes: 0 },
    { device: 'vda', read_bytes: 1_000, write_bytes: 500 },
  ]
  expect(ratesOf(disks, 0.5)).toEqual([
    { device: 'vda', inward: 2_000, outward: 1_000 },
    { device: 'loop0', inward: 0, outward: 0 },
  ])
  expect(ratesOf([{ device: 'eth0', sent_bytes: 20, recv_bytes: -1 }], 2)).toEqual([
    { device: 'eth0', inward: 0, outward: 10 },
  ])
})

const rates = (...devices: string[]) => devices.map((device) => ({ device, inward: 0, outward: 0 }))

test('a loop is drawn only where there is nothing else', () => {
  expect(mainDevice(rates('lo', 'loop3', 'eth0'))).toBe('eth0')
  expect(mainDevice(rates('lo'))).toBe('lo')
  expect(mainDevice([])).toBeUndefined()
})
