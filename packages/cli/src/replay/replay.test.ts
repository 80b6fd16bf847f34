import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guestool, newOpid } from '@guestool/core'
import { frame } from '@guestool/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as z from 'zod'
import { asking, folder, hosting, present } from '../hosts.test.kit.js'
import { loadRecording, replay, type ReplayOptions } from './replay.js'

vi.setConfig({ testTimeout: 30_000 })

const recordings = fileURLToPath(new URL('../../../testing/src/recordings/', import.meta.url))

function replaying(file: string, options: ReplayOptions) {
  const running = replay(loadRecording(file), options)
  onTestFinished(() => running.close())
  return running
}

/** A recording of these exchanges. */
function recording(...rows: object[]): string {
  const file = join(folder(), 'made.jsonl')
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return file
}
const asked = (t: number, opid: string, name: string, params: object = {}) => ({
  t,
  dir: 'host>guest',
  text: frame(opid, `/info/${name}`, params),
})
const said = (t: number, opid: string, content: unknown) => ({
  t,
  dir: 'guest>host',
  text: frame(opid, '/event/report/info', content),
})

/** The first result of each info, as the public Python guest sent it. */
function firstResults(file: string): Map<string, unknown> {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => row.text !== undefined && row.dir !== undefined)
  const results = new Map<string, unknown>()
  for (const row of rows) {
    if (row.dir !== 'host>guest') continue
    const message = readable(row.text)
    const name = /^\/info\/(\w+)$/.exec(message?.opnm)?.[1]
    if (name === undefined || !guestool.info.has(name) || results.has(name)) continue
    if (Object.keys(message.opct ?? { none: 1 }).length > 0) continue
    const reply = rows
      .filter(({ dir }) => dir === 'guest>host')
      .map(({ text }) => readable(text))
      .find((one) => one.opid === message.opid && fits(name, one.opct))
    if (reply !== undefined) results.set(name, reply.opct)
  }
  return results
}
const readable = (text: string) => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const fits = (name: string, content: unknown) => {
  try {
    expect(guestool.info.get(name)!.checkResult(content)).toEqual(content)
    return true
  } catch {
    return false
  }
}

/** What only says how the guest reacted, with no answer to an info in it. */
const silent = new Set([
  'bye-pending.jsonl',
  'hello-request-first.jsonl',
  'hello-reserialized.jsonl',
  'host-restart.jsonl',
])

test.each([...silent])('the recording %s has nothing to give again, and says so', (name) => {
  expect(() => loadRecording(join(recordings, name))).toThrow(
    `${name} has no answer that could be given again`,
  )
})

const speaking = readdirSync(recordings).filter((name) => !silent.has(name))
test.each(speaking)('the recording %s of the public Python guest answers again', async (name) => {
  const file = join(recordings, name)
  const { host, url } = await hosting()
  expect(loadRecording(file).revision).toBe(2)
  replaying(file, { url: `${url}/join/alpha` })
  await present(host, 'alpha')
  const client = asking(`${url}/guests/alpha`)
  for (const [info, result] of firstResults(file)) expect(await client.info(info as 'time')).toEqual(result)
})

test('the recordings have an answer to everything', () => {
  const results = firstResults(join(recordings, 'infos.jsonl'))
  expect([...results.keys()].toSorted()).toEqual([...guestool.info.keys()].toSorted())
})

test('params choose the answer, in any order of keys; other params get what there is', async () => {
  const { host, url } = await hosting()
  replaying(join(recordings, 'infos.jsonl'), { url: `${url}/join/alpha` })
  await present(host, 'alpha')
  const client = asking(`${url}/guests/alpha`)
  const mounts = await client.info('all_partitions', false)
  expect(mounts[0]).toMatchObject({ mountpoint: '/proc' })
  expect(await client.info('cpu', 0)).toMatchObject({ cpu_percent: 0 })
  expect(await client.info('cpu', 0.123)).toMatchObject({ cpu_ncores: { logical: 2 } })
})

test('what was not recorded is unsupported, and the name is said', async () => {
  const [one] = [newOpid()]
  const file = recording(asked(0, one, 'time'), said(1, one, { error: 'it rains' }))
  const { host, url } = await hosting()
  const told: unknown[] = []
  replaying(file, { url: `${url}/join/alpha`, told: ({ name }, known) => told.push([name, known]) })
  await present(host, 'alpha')
  const client = asking(`${url}/guests/alpha`)
  await expect(client.info('memory')).rejects.toMatchObject({ code: 'unsupported' })
  await expect(client.info('memory')).rejects.toThrow('the recording has no answer to info "memory"')
  await expect(client.info('time')).rejects.toMatchObject({ code: 'failed' })
  expect(told).toContainEqual(['memory', false])
  expect(told).toContainEqual(['time', true])
})

test.each([1, 2] as const)(
  'a rejection is given again with its code and words (revision %s)',
  async (revision) => {
    const [one, two] = [newOpid(), newOpid()]
    const reject = { event: 'reject', code: 'busy', error: 'so much to do' }
    const file = recording(
      { t: 0, dir: 'host>guest', text: frame(one, '/info', { info: 'time' }) },
      { t: 1, dir: 'guest>host', text: frame(one, '/event', reject) },
      { t: 2, dir: 'host>guest', text: frame(two, '/info', { info: 'memory' }) },
      { t: 3, dir: 'guest>host', text: `{"opid": "${two}", "opnm": "/info", "opct": NaN}` },
    )
    const { host, url } = await hosting()
    replaying(file, { url: `${url}/join/alpha`, revision })
    await present(host, 'alpha')
    const client = asking(`${url}/guests/alpha`)
    await expect(client.info('time')).rejects.toMatchObject({ code: 'busy', message: /so much to do/ })
    await expect(client.info('memory')).rejects.toMatchObject({
      code: 'failed',
      message: /cannot be read: not JSON/,
    })
  },
)

test('numbers, texts and keys stay what they were', async () => {
  const one = newOpid()
  const odd = String.raw`{"constructor":{"\ud83d":1e+21,"b":0.1,"":9007199254740991}}`
  const file = recording(asked(0, one, 'apicall'), said(1, one, JSON.parse(odd)))
  const { host, url } = await hosting()
  replaying(file, { url: `${url}/join/alpha` })
  await present(host, 'alpha')
  expect(JSON.stringify(await asking(`${url}/guests/alpha`).info('apicall'))).toBe(odd)
})

test('with its own timing events come again, and answers take as long as they did', async () => {
  const one = newOpid()
  const contract = guestool.extend({ event: { rain: z.object({ mm: z.number() }) } })
  const file = recording(
    asked(0, one, 'time'),
    { t: 5, dir: 'guest>host', text: frame(newOpid(), '/event/rain', { mm: 1 }) },
    said(40, one, { system: 1, nonebot: 1, system_ts: 1, nonebot_ts: 1 }),
    { t: 60, dir: 'guest>host', text: frame(newOpid(), '/event/rain', { mm: 2 }) },
  )
  const { host, url } = await hosting({ contract } as never)
  const heard: unknown[] = []
  host.on('guest', (guest) => guest.onEvent('rain' as never, (data) => heard.push(data)))
  replaying(file, { url: `${url}/join/alpha`, timing: true })
  await present(host, 'alpha')
  expect(await asking(`${url}/guests/alpha`).info('time')).toMatchObject({ system: 1 })
  await expect.poll(() => heard).toEqual([{ mm: 1 }, { mm: 2 }])
})

test('of several guests one is chosen', () => {
  const [one, two] = [newOpid(), newOpid()]
  const file = recording(
    { ...asked(0, one, 'time'), guest: 'alpha' },
    { ...said(1, one, {}), guest: 'alpha' },
    { ...asked(2, two, 'bots'), guest: 'beta' },
    { ...said(3, two, []), guest: 'beta' },
  )
  expect(() => loadRecording(file)).toThrow(/has 2 guests; choose one with --guest: alpha, beta$/)
  expect([...loadRecording(file, 'beta').operations]).toEqual(['info bots'])
  expect(() => loadRecording(file, 'gamma')).toThrow('has no answer of guest gamma')
})

test('a broken line is said with its number, before anything is dialled', () => {
  const file = recording(asked(0, newOpid(), 'time'))
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"t":1,\n`)
  expect(() => loadRecording(file)).toThrow(/made\.jsonl: line 2 /)
  expect(() => loadRecording(`${file}.none`)).toThrow(/made\.jsonl\.none cannot be read: ENOENT/)
})
