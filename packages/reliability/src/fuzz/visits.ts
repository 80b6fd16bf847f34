import type { EntranceRequest } from '@guestool/server'
import { secrets } from './authenticator.js'
import type { Dice } from './dice.js'

// Requests at the entrance of a host, as a case writes them: `!visit {"url": …, "headers": …, "address": …}`. `$guest`,
// `$console`, `$admin`, `$code` and `$nobody` stand for their tokens.

const paths = [
  '/',
  '/join',
  '/join/',
  '/guests',
  '/guests/',
  '/join/team-evil',
  '/join/alpha',
  '/join/hidden',
  '/guests/alpha',
  '/guests/hidden',
  '/guests/team-x',
  '/guests/nobody',
]
const tricks = [
  '/join/..',
  '/join/%2e%2e',
  '/join/a%2Fb',
  '/guests/alpha/../hidden',
  '//guests',
  '/guests//alpha',
  '/GUESTS',
  '/join/ａ',
  '/guests/alpha#x',
  '/join/a\u0000',
  `/join/${'x'.repeat(65)}`,
  `/${'a/'.repeat(4_000)}`,
  'http://evil/guests',
  '*',
  '',
  '/guests\\alpha',
  '/guests/__proto__',
  '/guests;a=b',
]
const tokens = [
  '$nobody',
  '$guest',
  '$console',
  '$admin',
  '$code',
  'wrong',
  '',
  'x'.repeat(513),
  '\u0000',
  'a b',
  '$admin ',
  '%24admin',
]
const queries = [
  '',
  '',
  '',
  '?',
  '?token=',
  '?token=%zz',
  '?token=a&token=b',
  '?a=1&token=$admin',
  `?${'token=x&'.repeat(2_000)}`,
  `?${'%'.repeat(5_000)}`,
  '?token=$console',
  '?__proto__=1',
]
const origins = [
  'null',
  '',
  'http://localhost:37103',
  'http://evil.example',
  'javascript:0',
  'http://localhost:37103@evil',
  'http://[::1',
  `http://${'a'.repeat(9_000)}`,
  'http://ｌocalhost:37103',
  'file://',
]
const hosts = [
  'localhost:37103',
  '127.0.0.1',
  '[::1]:1',
  'evil.example',
  '',
  'localhost:37103:1',
  'LOCALHOST',
  'localhost.',
  ':1'.repeat(4_000),
  '[',
  'a'.repeat(8_000),
]
const addresses = [
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '10.0.0.7',
  'fe80::1%eth0',
  'unknown',
  '',
  '1::2::3',
  '2001:db8::1',
  '999.1.1.1',
  '::ffff:7f00:1',
  '%',
]
const forwarded = [
  '1.2.3.4',
  '127.0.0.1',
  'unknown',
  '1.2.3.4, 127.0.0.1',
  '127.0.0.1,'.repeat(1_500),
  ','.repeat(15_000),
  '::1%x',
  '[::1]:80',
  'for=1.2.3.4',
  '\u0000',
]

function credential(dice: Dice): Record<string, string> {
  const token = dice.pick(tokens)
  switch (dice.below(7)) {
    case 0:
      return { authorization: `Bearer ${token}` }
    case 1:
      return {
        authorization: `Basic ${dice.pick([`$base64{u:${token}}`, `$base64{${token}}`, '='.repeat(15_000), `${'='.repeat(15_000)}x`, '*', ''])}`,
      }
    case 2:
      return {
        authorization: dice.pick([
          'x '.repeat(7_000),
          `Bearer${' '.repeat(15_000)}x y`,
          'Basic',
          ' ',
          `Bearer ${token} ${token}`,
          token,
        ]),
      }
    case 3:
      return { 'sec-websocket-protocol': `guestool, bearer.$base64url{${token}}` }
    case 4:
      return {
        'sec-websocket-protocol': dice.pick([
          'bearer.',
          'bearer.a, bearer.b',
          'bearer.x,'.repeat(1_500),
          ','.repeat(15_000),
          'guestool',
          `bearer.${'A'.repeat(15_000)}`,
          'bearer.=',
        ]),
      }
    default:
      return {}
  }
}

/** Somebody who comes in, mostly, or tries to. */
export function visit(dice: Dice): string {
  if (dice.percent(50)) {
    const [url, token] = dice.pick([
      ['/guests', '$console'],
      ['/guests', '$admin'],
      ['/guests', '$code'],
      ['/guests/alpha', '$console'],
      ['/join/team-evil', '$guest'],
      ['/join/team-evil', '$guest'],
      ['/guests/team-evil', '$admin'],
    ] as const)
    return `!visit ${JSON.stringify({ url, headers: { authorization: `Bearer ${token}` } })}`
  }
  const headers: Record<string, string> = { ...credential(dice) }
  if (dice.percent(30)) headers['origin'] = dice.pick(origins)
  if (dice.percent(30)) headers['host'] = dice.pick(hosts)
  if (dice.percent(20)) headers['x-forwarded-for'] = dice.pick(forwarded)
  if (dice.percent(5)) headers['forwarded'] = dice.pick(forwarded)
  const url = dice.pick(dice.percent(70) ? paths : tricks) + dice.pick(queries)
  const about = dice.percent(40) ? { address: dice.pick(addresses) } : {}
  return `!visit ${JSON.stringify({ url, headers, ...about })}`
}

/** The request of a step; whatever a mutation made of it that can be none is undefined. */
export function requestOf(about: string): EntranceRequest | undefined {
  const filled = about
    .replaceAll(/\$(guest|console|admin|code|nobody)/g, (_, name: keyof typeof secrets) => secrets[name])
    .replaceAll(/\$(base64|base64url)\{([^{}]*)\}/g, (_, encoding: 'base64' | 'base64url', text: string) =>
      Buffer.from(text).toString(encoding),
    )
  let read: unknown
  try {
    read = JSON.parse(filled)
  } catch {
    return undefined
  }
  if (typeof read !== 'object' || read === null) return undefined
  const { url, headers, address = '127.0.0.1' } = read as Record<string, unknown>
  if (typeof url !== 'string' || typeof headers !== 'object' || headers === null) return undefined
  const texts = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return {
    url,
    headers: { host: 'localhost:37103', ...Object.fromEntries(texts) },
    address: typeof address === 'string' ? address : undefined,
  }
}
