import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { guestool, start } from '../cli.test.kit.js'
import { asking, everything, folder, guesting, hosting, present } from '../hosts.test.kit.js'

vi.setConfig({ testTimeout: 60_000 })

test('record says what it recorded, and replay is a guest with the same answers until Ctrl-C', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  const file = join(folder(), 'alpha.jsonl')
  const words = ['record', file, '--url', place.url]
  const recorded = await guestool(words)
  expect(recorded).toMatchObject({ code: 0, out: '' })
  expect(recorded.err).toMatch(/^✓ cpu \d+ ms$/m)
  expect(recorded.err).toMatch(/^- python_version unsupported$/m)
  expect(recorded.err).toContain(`12 infos of alpha in 28 frames, `)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await guestool(words)).toMatchObject({ code: 2, err: expect.stringContaining('--force') })
  const again = await guestool([...words, '--force', '--json', '--guest', 'alpha'])
  expect(JSON.parse(again.out)).toMatchObject({
    guest: 'alpha',
    file,
    frames: 28,
    failed: { python_version: 'unsupported' },
  })

  const replay = start(['replay', file, place.url, '--id', 'beta'])
  await present(place.host, 'beta')
  const [before, after] = [asking(`${place.url}/guests/alpha`), asking(`${place.url}/guests/beta`)]
  expect(await everything(after)).toEqual(await everything(before))
  await replay.sees(/✓ info cpu/)
  replay.signal('SIGINT')
  expect(await replay.ended).toMatchObject({ code: 0, out: '' })
})

test('again and again, until Ctrl-C', async () => {
  const place = await hosting()
  await guesting(place, 'alpha')
  const file = join(folder(), 'alpha.jsonl')
  const recording = start(['record', file, '--url', place.url, '--every', '0.2', '--json'])
  await recording.sees(/(✓ cpu[^]*){3}/)
  recording.signal('SIGINT')
  const { code, out } = await recording.ended
  expect(code).toBe(0)
  expect(JSON.parse(out).frames).toBeGreaterThanOrEqual(54)
})

test('a recording of the public Python guest is replayed by its file', async () => {
  const place = await hosting()
  const file = fileURLToPath(new URL('../../../testing/src/recordings/infos.jsonl', import.meta.url))
  start(['replay', file, `${place.url}/join/old-friend`])
  await present(place.host, 'old-friend')
  expect(await asking(`${place.url}/guests/old-friend`).info('bots')).toEqual(['10001', '机器人-二号'])
})

test('what cannot be replayed, and where it cannot join, is said', async () => {
  const { url } = await hosting({
    authenticate: () => ({ code: 4403, reason: 'not here' }),
  })
  const file = fileURLToPath(new URL('../../../testing/src/recordings/infos.jsonl', import.meta.url))
  expect(await guestool(['replay', `${file}.none`, url])).toMatchObject({
    code: 1,
    err: expect.stringContaining('cannot be read'),
  })
  expect(await guestool(['replay', file, url, '--id', 'a/b'])).toMatchObject({ code: 2 })
  const refused = await guestool(['replay', file, url])
  expect(refused).toMatchObject({ code: 4 })
  expect(refused.err).toContain('not here')
})
