import { guestool } from '@guestool/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryAddress, type MemoryEnd } from '../index.js'
import { frame, readFrame } from '../peer/frames.js'
import { Peer } from '../peer/peer.js'
import { VirtualClock } from '../virtual-clock.js'
import { PythonGuest, type PythonGuestOptions } from './guest.js'
import { pythonInfos } from './machine.js'

let clock: VirtualClock
let peers: Peer[]
let address: MemoryAddress

beforeEach(() => {
  clock = new VirtualClock()
  peers = []
  address = new MemoryAddress(
    (end: MemoryEnd) => {
      const peer = new Peer(end)
      peers.push(peer)
      return peer
    },
    { anyCode: true },
  )
})

afterEach(async () => {
  for (const peer of peers) peer.close(1000)
  await clock.settle()
  expect(clock.timers).toBe(0)
})

/** A guest whose hello was echoed, and the host's end. */
async function greeted(options: Partial<PythonGuestOptions> = {}) {
  const guest = new PythonGuest(address.dial, { clock, ...options })
  await clock.settle()
  const host = peers.at(-1)!
  host.send(await host.next('hello'))
  await clock.settle()
  return { guest, host }
}

const opid = '11111111-2222-4333-8444-555555555555'
const askFor = (name: string, opct: unknown = {}) => frame(opid, `/info/${name}`, opct)

test.each([...guestool.info.keys()])('info %s fits the contract as it was recorded', async (name) => {
  for (const bots of [true, false]) {
    const { host } = await greeted({ bots })
    host.send(askFor(name))
    await clock.advance(10_000)
    const reply = readFrame(await host.next())
    expect(reply.opid).toBe(opid)
    expect(reply.opnm).toBe('/event/report/info')
    expect(guestool.info.get(name)!.checkResult(reply.opct)).toEqual(reply.opct)
  }
})

test('it has every info of the contract and no other', () => {
  expect([...pythonInfos.keys()].toSorted()).toEqual([...guestool.info.keys()].toSorted())
})

test('of what stands still it sends the recorded bytes, escapes and order of keys included', async () => {
  const { host } = await greeted()
  host.send(askFor('apicall'))
  expect(await host.next()).toBe(
    String.raw`{"opid": "${opid}", "opnm": "/event/report/info", "opct": {"10001": {"send_msg": 3, ` +
      String.raw`"get_login_info": 1, "get_group_list": 2}, "\u673a\u5668\u4eba-\u4e8c\u53f7": ` +
      String.raw`{"send_msg": 1}, "10003": {}}}`,
  )
})

test('machines differ: no physical cores, no cpu frequency, a partition that cannot be read', async () => {
  const ncores = await greeted({ machine: 'ncores_none' })
  ncores.host.send(askFor('cpu'))
  await clock.advance(100)
  expect(await ncores.host.next()).toContain('"cpu_ncores": {"physical": null, "logical": 2}')

  const cpufreq = await greeted({ machine: 'cpufreq_none' })
  cpufreq.host.send(askFor('cpu'))
  await clock.advance(10_000)
  expect(cpufreq.host.waiting).toEqual([])

  const partition = await greeted({ machine: 'partition_error' })
  partition.host.send(askFor('all_partitions'))
  expect(await partition.host.next()).toContain(
    `"mountpoint": "/", "filesystem": "ext4", "usage": null, "error": "[Errno 13] Permission denied: '/'"`,
  )
})

test('after malformed text it reads nothing any more, and its socket still answers pings', async () => {
  const { guest, host } = await greeted()
  const { acceptor } = address.pair
  host.send('{"opid": ')
  host.send(askFor('time'))
  host.send(frame(opid, '/greet/bye', {}))
  await clock.advance(70_000)
  expect(guest.dead).toBe(true)
  expect(guest.over).toBeUndefined()
  expect(host.waiting).toEqual([])
  acceptor.ping?.()
  await clock.settle()
  expect(host.pongs).toBe(1)
  expect(address.pair.dialler.pings).toBe(3)
})

test('it reads NaN, which is no JSON, and lives', async () => {
  const { guest, host } = await greeted()
  host.send(`{"opid":"${opid}","opnm":"/info/bots","opct":{},"extra":NaN}`)
  expect(await host.next()).toContain('10001')
  expect(guest.dead).toBe(false)
})

test('it dials again every 5 s while nobody listens, and never after it was connected', async () => {
  address.plan.push('refuse', 'refuse')
  const guest = new PythonGuest(address.dial, { clock })
  await clock.advance(9_999)
  expect(address.dials).toBe(2)
  await clock.advance(1)
  expect(address.dials).toBe(3)
  await clock.settle()
  address.pair.kill()
  await clock.advance(600_000)
  expect(address.dials).toBe(3)
  expect(guest.over?.code).toBe(1006)
})

test('on an old Python it says hello and is never heard again', async () => {
  const { host } = await greeted({ deaf: true })
  host.send(askFor('time'))
  await clock.advance(1_000)
  expect(host.waiting).toEqual([])
})

test('an info can be made silent, as processes is when a process ends while it is sampled', async () => {
  const { host } = await greeted({ silent: ['processes'] })
  host.send(askFor('processes', { smptime: 0 }))
  host.send(askFor('bots'))
  expect(await host.next()).toContain('10001')
  await clock.advance(60_000)
  expect(host.waiting).toEqual([])
})

test('processes takes its time for each process, one after another', async () => {
  const { host } = await greeted({ processes: 79 })
  host.send(askFor('processes', { smptime: 1 }))
  await clock.advance(78_999)
  expect(host.waiting).toEqual([])
  await clock.advance(1)
  expect(host.waiting).toHaveLength(1)
})

test('it closes 1009 on a frame over 1 MiB, counted in bytes', async () => {
  const { guest, host } = await greeted()
  host.send(' '.repeat(1024 * 1024 - 200) + askFor('bots'))
  expect(await host.next()).toContain('10001')
  host.send(frame(opid, '/info/bots', { x: '字'.repeat(350_000) }))
  await clock.settle()
  expect(guest.over?.code).toBe(1009)
})

test('it closes when its pings are not answered', async () => {
  const { guest } = await greeted()
  address.pair.hold()
  await clock.advance(40_000)
  address.pair.release()
  await clock.settle()
  expect(guest.over?.code).toBe(1011)
})

test('its process can be ended', async () => {
  const { guest, host } = await greeted()
  host.send(askFor('cpu', { smptime: 5 }))
  await clock.settle()
  guest.kill()
  expect((await host.ended).code).toBe(1006)
})

test('and is not dialled again for that, also while nobody listens', async () => {
  address.otherwise = 'hang'
  const guest = new PythonGuest(address.dial, { clock })
  await clock.advance(100)
  guest.kill()
  await clock.advance(60_000)
  expect([address.dials, clock.timers]).toEqual([1, 0])
})
