import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { environment, guestool, start, startHost } from './cli.test.kit.js'
import { folder, hosting, python } from './hosts.test.kit.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** As the public Python guest reads it. */
function settingIn(file: string): string {
  const [, url = ''] = /^GUEST_CONNECTION_HOSTURL=(.*)$/m.exec(readFileSync(file, 'utf8')) ?? []
  return url
}

test('the line of a dotenv file brings the scripted Python guest in, and each step is told', async () => {
  const env = environment()
  await startHost(env, '--no-console')
  const dotenv = join(folder(), '.env')
  writeFileSync(dotenv, 'DRIVER=~fastapi\n')
  const adding = start(['add', 'alpha', '--dotenv', dotenv, '--wait'], env)
  await adding.sees(/Waiting for alpha/)

  const url = settingIn(dotenv)
  expect(url).toMatch(/^ws:\/\/alpha:guestool_\S+@127\.0\.0\.1:\d+\/join\/alpha$/)
  python(url.replace(/:guestool_[^@]+@/, ':wrong@'))
  await adding.sees(/✗ reached, from 127\.0\.0\.1, but not let in: this token is not valid/)
  python(url)
  const { code, out, err } = await adding.ended
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(err).toMatch(
    /✓ reached, from 127\.0\.0\.1\n✓ its token is right\n✓ hello, in revision 2\n✓ first value: memory: mem\.total /,
  )
  expect(err).not.toContain(new URL(url).password)
  expect(err).toMatch(/Python 3\.11/)
  expect(readFileSync(dotenv, 'utf8')).toBe(`DRIVER=~fastapi\nGUEST_CONNECTION_HOSTURL=${url}\n`)
})

test('the line alone is standard output; a guest that is known is not added again unless told to', async () => {
  const env = environment()
  await startHost(env, '--no-console')
  const added = await guestool(['add', 'alpha'], env)
  expect(added.code).toBe(0)
  expect(added.out).toMatch(
    /^GUEST_CONNECTION_HOSTURL=ws:\/\/alpha:guestool_\S+@127\.0\.0\.1:\d+\/join\/alpha\n$/,
  )
  const again = await guestool(['add', 'alpha'], env)
  expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--replace') })
  const replaced = await guestool(['add', 'alpha', '--replace', '--json'], env)
  expect(JSON.parse(replaced.out)).toMatchObject({
    guest: 'alpha',
    dotenv: null,
    line: expect.stringMatching(/^GUEST_/),
  })
  expect(replaced.out).not.toContain(added.out.trim())

  expect((await guestool(['guests'], env)).out).toMatch(/^alpha +awaited/m)
  expect(await guestool(['remove', 'alpha'], env)).toMatchObject({ code: 0, out: '' })
  expect(await guestool(['guests'], env)).toMatchObject({ code: 0, out: '' })
  expect(await guestool(['remove', 'alpha'], env)).toMatchObject({ code: 1 })
})

test('where the guest dials: one of the addresses of the host, or a URL', async () => {
  const env = environment()
  await startHost(env, '--no-console', '--public-url', 'https://example.com/tool')
  const add = async (...args: string[]) => (await guestool(['add', 'alpha', '--replace', ...args], env)).out
  expect(await add()).toMatch(/@example\.com\/tool\/join\/alpha\n$/)
  expect(await add('--address', 'local')).toMatch(/@127\.0\.0\.1:\d+\/join\/alpha\n$/)
  expect(await add('--address', 'wss://bots.example')).toMatch(
    /^\S+=wss:\/\/alpha:\S+@bots\.example\/join\/alpha\n$/,
  )
  const container = await guestool(['add', 'alpha', '--replace', '--address', 'container'], env)
  expect(container.err).toMatch(/does not listen there yet/)
  expect(await guestool(['add', 'beta', '--address', 'moon'], env)).toMatchObject({ code: 2, out: '' })
  // Nobody would have seen its token.
  expect((await guestool(['guests'], env)).out).not.toMatch(/beta/)
  expect(await guestool(['add', 'a b'], env)).toMatchObject({ code: 2, out: '' })
})

test('before the host runs, the data folder is enough', async () => {
  const env = environment()
  const { code, out } = await guestool(['add', 'alpha'], env)
  expect(code).toBe(0)
  expect(out).toMatch(/@127\.0\.0\.1:37103\/join\/alpha\n$/)
  expect(await guestool(['add', 'alpha'], env)).toMatchObject({ code: 1 })
  expect(await guestool(['add', 'beta', '--wait'], env)).toMatchObject({ code: 3, out: '' })
  const { url } = await startHost(env, '--no-console')
  python(out.trim().replace(/^\w+=/, '').replace('127.0.0.1:37103', new URL(url).host))
  await vi.waitFor(
    async () => expect((await guestool(['guests'], env)).out).toMatch(/^alpha +alive/m),
    20_000,
  )
  expect(await guestool(['remove', 'alpha'], env)).toMatchObject({ code: 0 })
})

test('a host that authenticates nobody gives a line without a token', async () => {
  const { url } = await hosting()
  const { out } = await guestool(['add', 'alpha', '--url', url])
  expect(out).toBe(`GUEST_CONNECTION_HOSTURL=${url}/join/alpha\n`)
})

test('a folder that is not there is said before there is a token', async () => {
  const env = environment()
  const file = join(folder(), 'none', '.env')
  const ended = await guestool(['add', 'alpha', '--dotenv', file], env)
  expect(ended).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^error: .* there is no folder/),
  })
  expect((await guestool(['token', 'list'], env)).out).not.toContain('alpha')
})

test('a file that cannot be used is said, and the line is printed instead', async () => {
  const env = environment()
  const ended = await guestool(['add', 'alpha', '--dotenv', folder()], env)
  expect(ended).toMatchObject({ code: 1, out: expect.stringMatching(/^GUEST_CONNECTION_HOSTURL=/) })
  expect(ended.err).toMatch(/^error: cannot read/)
})
