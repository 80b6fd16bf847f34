import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guestool } from '@guestool/core'
import { readRecording } from '@guestool/core/recording'
import { expect, onTestFinished, test, vi } from 'vitest'
import { asking, everything, folder, guesting, hosting, present, python, steady } from '../hosts.test.kit.js'
import { loadRecording, replay, type ReplayOptions } from '../replay/replay.js'
import { record } from './record.js'

vi.setConfig({ testTimeout: 30_000 })

function replaying(file: string, options: ReplayOptions) {
  const running = replay(loadRecording(file), options)
  onTestFinished(() => running.close())
  return running
}

test.each([1, 2] as const)(
  'record, then replay: a console is given the same (replay in revision %s)',
  async (revision) => {
    const place = await hosting()
    await guesting(place, 'alpha')
    const file = join(folder(), 'alpha.jsonl')
    const told: string[] = []
    const recorded = await record({
      url: `${place.url}/guests/alpha`,
      file,
      told: ({ info }) => told.push(info),
    })
    expect(told).toEqual([...guestool.info.keys()])
    expect([...recorded.problems.keys()]).toEqual(['python_version'])
    const text = readFileSync(file, 'utf8')
    expect(recorded.bytes).toBe(Buffer.byteLength(text))
    expect(recorded.frames).toBe(
      text
        .trim()
        .split('\n')
        .filter((line) => line.includes('"dir"')).length,
    )
    expect(readRecording(text)).toHaveLength(26)

    replaying(file, { url: `${place.url}/join/beta`, revision })
    await present(place.host, 'beta')
    const [before, after] = [asking(`${place.url}/guests/alpha`), asking(`${place.url}/guests/beta`)]
    expect(await everything(after)).toEqual(await everything(before))
  },
)

test('of the public Python guest, too', async () => {
  const place = await hosting()
  python(`${place.url}/join/alpha`)
  await present(place.host, 'alpha')
  const file = join(folder(), 'alpha.jsonl')
  await record({ url: `${place.url}/guests/alpha`, file })
  replaying(file, { url: `${place.url}/join/beta` })
  await present(place.host, 'beta')
  const after = await everything(asking(`${place.url}/guests/beta`))
  const before = await everything(asking(`${place.url}/guests/alpha`))
  // It runs on.
  expect({ ...after, time: 0 }).toEqual({ ...before, time: 0 })
})

test('a file that is there is not touched, unless it may be replaced', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  const url = `${place.url}/guests/alpha`
  const file = join(folder(), 'alpha.jsonl')
  writeFileSync(file, 'dear')
  await expect(record({ url, file })).rejects.toThrow(/alpha\.jsonl is there already.*--force$/)
  expect(readFileSync(file, 'utf8')).toBe('dear')
  await record({ url, file, force: true })
  expect(readRecording(readFileSync(file, 'utf8'))).toHaveLength(26)
})

test('a guest that is not there leaves no file, and none is lost for it', async () => {
  const { url } = await hosting()
  const file = join(folder(), 'nobody.jsonl')
  await expect(record({ url: `${url}/guests/nobody`, file })).rejects.toMatchObject({ code: 'gone' })
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, 'dear')
  await expect(record({ url: `${url}/guests/nobody`, file, force: true })).rejects.toMatchObject({
    code: 'gone',
  })
  expect(readFileSync(file, 'utf8')).toBe('dear')
})

test('a folder that is not there is said', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  const file = join(folder(), 'no', 'such.jsonl')
  await expect(record({ url: `${place.url}/guests/alpha`, file })).rejects.toThrow(
    /such\.jsonl cannot be written: ENOENT/,
  )
})

test('again and again, until it is told to stop: answers are given again in their order', async () => {
  const place = await hosting()
  let load = 0
  const bots = () => [String(load++)]
  await guesting(place, 'alpha', { info: { ...steady, bots } })
  const file = join(folder(), 'alpha.jsonl')
  const stop = new AbortController()
  let rounds = 0
  await record({
    url: `${place.url}/guests/alpha`,
    file,
    every: 0.01,
    signal: stop.signal,
    told: ({ info }) => {
      if (info === 'bots' && ++rounds === 3) stop.abort()
    },
  })
  replaying(file, { url: `${place.url}/join/beta` })
  await present(place.host, 'beta')
  const beta = place.host.guest('beta')!
  const seen = [
    await beta.info('bots'),
    await beta.info('bots'),
    await beta.info('bots'),
    await beta.info('bots'),
  ]
  expect(seen).toEqual([['0'], ['1'], ['2'], ['2']])
})
