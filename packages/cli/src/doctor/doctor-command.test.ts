import { createGuest, type GuestOptions } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { guestool, start } from '../cli.test.kit.js'
import { guesting, hosting, present, python } from '../hosts.test.kit.js'

vi.setConfig({ testTimeout: 60_000 })

test('the public Python guest, with the line that is printed, has its quirks named: exit code 0', async () => {
  const doctor = start(['doctor', '--listen', '--json', '--harm'])
  const [, url = ''] = await doctor.sees(/^GUEST_CONNECTION_HOSTURL=(ws:\S+)$/m)
  await doctor.sees(/may have to be restarted/)
  const guest = python(url)
  await doctor.sees(/what may harm it/)
  // Nobody restarts it: there is a report of what was seen so far.
  doctor.signal('SIGINT')
  const { code, out } = await doctor.ended
  expect(code).toBe(0)
  const report = JSON.parse(out)
  expect(report).toMatchObject({ verdict: 'quirks', revision: 2 })
  const ids = report.findings.map(({ id }: { id: string }) => id)
  for (const id of [
    'revision-2',
    'silent-on-wrong-params',
    'answers-copies',
    'silent-on-unknown-operations',
    'dies-of-malformed',
    'never-dials-again',
  ])
    expect(ids).toContain(id)
  expect(guest.dead).toBe(true)
  expect(report.not_tried.map(({ what }: { what: string }) => what)).toContain('a binary frame')
})

test('what breaks its users ends with 1', async () => {
  const place = await hosting()
  python(`${place.url}/join/alpha`, { measure: (info) => (info === 'memory' ? 'much' : undefined) })
  await present(place.host, 'alpha')
  const { code, out } = await guestool(['doctor', 'alpha', '--url', place.url])
  expect(code).toBe(1)
  expect(out).toMatch(/^✗ fault {2}What it answers to info memory does not fit the contract$/m)
})

test('a guest of this SDK with real values is clean, as a guest of the doctor', async () => {
  const doctor = start(['doctor', '--listen'])
  const [, url = ''] = await doctor.sees(/^GUEST_CONNECTION_HOSTURL=(ws:\S+)$/m)
  const { all_disk_io: disks, all_network_io: networks, processes, ...others } = systemInfo()
  // Nobody waits for what is sampled for a second.
  const brief = { smptime: 0.05 }
  const info: GuestOptions['info'] = {
    ...others,
    all_disk_io: (_params, context) => disks(brief, context),
    all_network_io: (_params, context) => networks(brief, context),
    processes: (_params, context) => processes(brief, context),
  }
  const guest = createGuest(url, { info, action: 'unsupported' })
  onTestFinished(() => guest.close())
  const { code, out } = await doctor.ended
  expect(out).toMatch(/^Doctor's report on the guest that dialled: revision 1,/)
  expect(out).toMatch(/\nClean: it does what the protocol says\.\n$/)
  expect(out).not.toMatch(/^[!✗]/m)
  expect(code).toBe(0)
})

test('and where it is, by its URL and by its id', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  for (const words of [[`${place.url}/guests/alpha`], ['alpha', '--url', place.url], ['--url', place.url]]) {
    const { code, out } = await guestool(['doctor', ...words])
    expect(out).toMatch(/^Doctor's report on alpha: revision 1, [^]*\nClean: /)
    expect(code).toBe(0)
  }
})

test('what cannot be is said before anything is asked', async () => {
  const { url } = await hosting()
  expect(await guestool(['doctor', 'nobody', '--url', url])).toMatchObject({
    code: 5,
    err: expect.stringContaining('nobody is not connected'),
  })
  expect(await guestool(['doctor', '--harm', '--url', url])).toMatchObject({
    code: 2,
    err: expect.stringContaining('need --listen'),
  })
  expect(await guestool(['doctor', 'alpha', '--listen'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('name no guest'),
  })
  expect(await guestool(['doctor', url])).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no guest'),
  })
  expect(await guestool(['doctor', '--listen', '65536'])).toMatchObject({ code: 2 })
})
