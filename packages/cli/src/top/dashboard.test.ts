import { createHub } from '@guestool/client'
import { systemInfo } from '@guestool/guest/node'
import picocolors from 'picocolors'
import { expect, onTestFinished, test, vi } from 'vitest'
import { guesting, hosting, present, python, steady } from '../hosts.test.kit.js'
import { Dashboard } from './dashboard.js'

vi.setConfig({ testTimeout: 30_000 })

const size = { columns: 100, rows: 30 }
const eventually = { timeout: 20_000, interval: 20 }

async function watching(url: string) {
  const hub = createHub(url, { connectTimeout: 500 })
  const told = { changes: 0, quits: 0 }
  const dashboard = new Dashboard({
    hub,
    host: url,
    paint: picocolors.createColors(false),
    changed: () => told.changes++,
    quit: () => told.quits++,
  })
  const following = dashboard.fleet.follow()
  onTestFinished(async () => {
    dashboard.stop()
    await hub.close()
    await following
  })
  const shows = (pattern: RegExp) =>
    expect.poll(() => dashboard.lines(size).join('\n'), eventually).toMatch(pattern)
  return { dashboard, told, shows }
}

test('guests join and leave live; keys choose one, open it, and go back', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  const beta = await guesting(place, 'beta')
  const { dashboard, told, shows } = await watching(place.url)
  await shows(/^2 guests: all well/)
  await shows(/^› alpha +alive/m)
  await beta.close()
  await shows(/^2 guests: 1 gone/)
  await shows(/^› beta +gone/m)
  await guesting(place, 'gamma', { info: systemInfo() })
  await shows(/^ {2}gamma +alive/m)

  dashboard.key('end')
  await shows(/^› gamma/m)
  dashboard.key('s')
  await shows(/s by name/)
  dashboard.key('return')
  await shows(/^gamma {2}\d\d:/)
  await shows(/^cpu +[█░]+ +[\d.]+ %/m)
  await shows(/^ +\d+ +[\d.]+ % +[\d.]+ \w+ +[\dhmds ]+ {2}\S/m)
  expect(dashboard.lines(size)).toHaveLength(size.rows)
  const { readings } = dashboard
  dashboard.key('escape')
  await readings?.done
  await shows(/^› gamma/m)
  dashboard.key('q')
  expect(told.quits).toBe(1)
})

test('a guest that leaves is told of where it is looked at, and its names do nothing', async () => {
  const place = await hosting()
  const alpha = await guesting(place, 'alpha')
  const { dashboard, shows } = await watching(place.url)
  dashboard.open('alpha')
  await shows(/init\u{fffd}\[2J\u{fffd}$/mu)
  expect(dashboard.readings?.complete).toBe(true)
  await alpha.close()
  await shows(/^alpha {2}gone/)
  await shows(/no such guest|is not connected|gone/)
})

test('the public Python guest is asked for processes so that it can answer', async () => {
  const place = await hosting()
  const guest = python(`${place.url}/join/alpha`)
  await present(place.host, 'alpha')
  const { dashboard, shows } = await watching(place.url)
  await shows(/^› alpha/m)
  dashboard.key('return')
  await shows(/^ +1 +0\.0 % .* systemd$/m)
  expect(guest.received.some((text) => text.includes('"/info/processes","opct":{"smptime":0.01}'))).toBe(true)
})

test('a host that is lost is said, and what was known stays', async () => {
  const place = await hosting()
  await guesting(place, 'alpha', { info: steady })
  const { shows } = await watching(place.url)
  await shows(/^› alpha/m)
  await place.host.close()
  await shows(/^1 guest.*the connection is lost; dialling again/)
  await shows(/^› alpha/m)
})
