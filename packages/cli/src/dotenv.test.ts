import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { settingLine, withSetting, writeSetting } from './dotenv.js'
import { folder } from './hosts.test.kit.js'

const url = 'ws://alpha:guestool_abcdefgh.x@127.0.0.1:37103/join/alpha'
const line = settingLine(url)

test.each([
  ['', `${line}\n`],
  ['A=1\n', `A=1\n${line}\n`],
  ['A=1', `A=1\n${line}\n`],
  ['A=1\r\nB=2\r\n', `A=1\r\nB=2\r\n${line}\r\n`],
  ['A=1\nGUEST_CONNECTION_HOSTURL=old\nB=2', `A=1\n${line}\nB=2`],
  ['A=1\r\n  export guest_connection_hosturl = "old" # why\r\nB=2\r\n', `A=1\r\n${line}\r\nB=2\r\n`],
  ['GUEST_CONNECTION_HOSTURL=a\nA=1\nGUEST_CONNECTION_HOSTURL=b', `${line}\nA=1\n`],
  ['GUEST_CONNECTION_HOSTURL="a\nb"\nA=1\n', `${line}\nA=1\n`],
  ['GUEST_CONNECTION_HOSTURL\nA=1\n', `${line}\nA=1\n`],
  ['\ufeffGUEST_CONNECTION_HOSTURL=old\n', `\ufeff${line}\n`],
  ['# GUEST_CONNECTION_HOSTURL=old\n', `# GUEST_CONNECTION_HOSTURL=old\n${line}\n`],
  ['MY_GUEST_CONNECTION_HOSTURL=x\n', `MY_GUEST_CONNECTION_HOSTURL=x\n${line}\n`],
  [
    'TEXT="\nGUEST_CONNECTION_HOSTURL=inside\n"\nGUEST_CONNECTION_HOSTURL=old\n',
    `TEXT="\nGUEST_CONNECTION_HOSTURL=inside\n"\n${line}\n`,
  ],
  ['A="no end\nGUEST_CONNECTION_HOSTURL=old\n', `A="no end\n${line}\n`],
])('%j becomes %j', (before, after) => {
  expect(withSetting(before, url)).toBe(after)
})

test('everything else stays as it is, and doing it again changes nothing', () => {
  const value = fc.oneof(
    fc.stringMatching(/^[^\r\n'"]{0,12}$/),
    fc.stringMatching(/^[^"\\]{0,12}$/).map((text) => `"${text}"`),
    fc.stringMatching(/^[^'\\]{0,12}$/).map((text) => `'${text}'`),
  )
  const other = fc.oneof(
    fc.tuple(fc.stringMatching(/^[A-Z_]{1,6}$/), value).map(([name, given]) => `${name}=${given}`),
    fc.stringMatching(/^#[^\r\n]{0,12}$/),
    fc.constant(''),
  )
  const own = fc.tuple(fc.constantFrom('GUEST_CONNECTION_HOSTURL', 'guest_connection_hosturl'), value)
  const ends = fc.constantFrom('\n', '\r\n')
  fc.assert(
    fc.property(fc.array(other), fc.array(other), fc.option(own), ends, (head, tail, given, end) => {
      const mine = given === null ? [] : [`${given[0]}=${given[1]}`]
      const before = [...head, ...mine, ...tail, ''].join(end)
      const after = withSetting(before, url)
      const place = given === null ? [...head, ...tail, line, ''] : [...head, line, ...tail, '']
      // Which end a file without any has is not known.
      const wanted = before === '' ? `${line}\n` : place.join(end)
      expect(after.replaceAll('\r\n', '\n')).toBe(wanted.replaceAll('\r\n', '\n'))
      expect(withSetting(after, url)).toBe(after)
    }),
  )
})

test('a new file is for its owner alone; another keeps its mode, and a link stays one', async () => {
  const at = folder()
  await writeSetting(join(at, '.env'), url)
  expect(readFileSync(join(at, '.env'), 'utf8')).toBe(`${line}\n`)
  expect(statSync(join(at, '.env')).mode & 0o777).toBe(0o600)

  const real = join(at, 'real')
  writeFileSync(real, 'A=1\n')
  chmodSync(real, 0o644)
  symlinkSync(real, join(at, 'link'))
  await writeSetting(join(at, 'link'), url)
  expect(readFileSync(real, 'utf8')).toBe(`A=1\n${line}\n`)
  expect(statSync(real).mode & 0o777).toBe(0o644)
})

test('what cannot be written is said, and nothing is left behind', async () => {
  await expect(writeSetting(join(folder(), 'none', '.env'), url)).rejects.toThrow(/cannot write .*none/)
  await expect(writeSetting(folder(), url)).rejects.toThrow(/cannot read/)
  const link = join(folder(), 'link')
  symlinkSync(`${link}.none`, link)
  await expect(writeSetting(link, url)).rejects.toThrow(/link is a link to nowhere; make the file/)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
})
