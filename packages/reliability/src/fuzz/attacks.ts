import {
  decode,
  guestool,
  guestPattern,
  hub,
  longestPattern,
  newOpid,
  revision1,
  revision2,
  type Operation,
} from '@guestool/core'
import { createHost, type Host } from '@guestool/server'
import { Stage, VirtualClock } from '@guestool/testing'
import type { Attack } from './growth.js'

// The same thing again and again, as often as fits: whatever is done with it must cost in proportion.

const repeated =
  (unit: string) =>
  (size: number): string =>
    unit.repeat(Math.ceil(size / unit.length))
const list =
  (unit: string) =>
  (size: number): string =>
    `[${repeated(`${unit},`)(size)}${unit}]`
const numbered =
  (member: (i: number) => string) =>
  (size: number): string => {
    const members: string[] = []
    for (let left = size, i = 0; left > 0; i++) {
      const text = member(i)
      members.push(text)
      left -= text.length
    }
    return members.join(',')
  }

/** JSON values, by what they are full of. */
const contents: Readonly<Record<string, (size: number) => string>> = {
  'nested arrays': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'nested objects': (size) => `${'{"a":'.repeat(size / 6)}0${'}'.repeat(size / 6)}`,
  'a number of many digits': repeated('9'),
  'a fraction of many digits': (size) => `0.${repeated('1')(size)}`,
  'numbers that are too large': list('1e400'),
  'a long text': (size) => `"${repeated('a')(size)}"`,
  'escapes of nothing': (size) => `"${repeated(String.raw`\u0000`)(size)}"`,
  'lone surrogates': (size) => `"${repeated(String.raw`\ud800`)(size)}"`,
  'a key many times': (size) => `{${numbered(() => '"a":1')(size)}}`,
  keys: (size) => `{${numbered((i) => `"k${i}":1`)(size)}}`,
  'numbers as keys': (size) => `{${numbered((i) => `"${i * 7_919}":1`)(size)}}`,
  'objects of different keys': (size) => `[${numbered((i) => `{"k${i}":1}`)(size)}]`,
  'empty objects': list('{}'),
  'keys __proto__': (size) => `{${numbered((i) => `"k${i}":{"__proto__":{}}`)(size)}}`,
  'nearly keys __proto__': (size) => `{${numbered((i) => `"k${i}":"\\u005f_proto__"`)(size)}}`,
  'a long key': (size) => `{"${repeated('k')(size)}":1}`,
  'records of records': (size) => `{${numbered((i) => `"b${i}":{"a":1}`)(size)}}`,
  errors: (size) => `{"error":"${repeated('x')(size)}","code":"failed"}`,
  commas: (size) => `"${repeated('a,')(size)}a"`,
  stars: (size) => `"${repeated('a*')(size)}"`,
}

const opid = '0e0b4bd1-5ab4-4c5c-a1c9-9b4f2a4f7f3f'

/** Texts of frames that are full of something elsewhere than in their content. */
const texts: Readonly<Record<string, (size: number) => string>> = {
  'a long opnm': (size) => `{"opid":"${opid}","opnm":"/info/${repeated('x')(size)}","opct":{}}`,
  'an opnm of slashes': (size) => `{"opid":"${opid}","opnm":"${repeated('/')(size)}","opct":{}}`,
  'an address again and again': (size) =>
    `{"opid":"${opid}","opnm":"${repeated('/guests/alpha')(size)}","opct":{}}`,
  'a long opid': (size) => `{"opid":"${repeated('0')(size)}","opnm":"/info","opct":{}}`,
  spaces: (size) => `${repeated(' ')(size)}x`,
  'spaces after the first brace': (size) => `{${repeated(' ')(size)}x`,
  'spaces after opid': (size) => `{"opid"${repeated('\n')(size)}`,
  'opid again and again': (size) => repeated('{"opid":"')(size),
  'open brackets': repeated('['),
  quotes: repeated('"'),
  backslashes: (size) => `"${repeated('\\')(size)}`,
  'keys beside the three': (size) =>
    `{"opid":"${opid}","opnm":"/info",${numbered((i) => `"k${i}":1`)(size)},"opct":{}}`,
}

const frameSizes = [16_384, 32_768, 65_536] as const
const headerSizes = [3_500, 7_000, 14_000] as const

function* codecAttacks(): Generator<Attack> {
  for (const [name, make] of Object.entries(texts))
    yield { name: `decode: ${name}`, sizes: frameSizes, ready: (size) => decode.bind(undefined, make(size)) }
  for (const [name, make] of Object.entries(contents))
    yield {
      name: `decode: ${name}`,
      sizes: frameSizes,
      ready: (size) => decode.bind(undefined, `{"opid":"${opid}","opnm":"/info","opct":${make(size)}}`),
    }
}

/** A frame into a fresh session. */
function* sessionAttacks(): Generator<Attack> {
  for (const number of [1, 2] as const)
    for (const role of ['requester', 'responder'] as const) {
      const whole = Object.entries(texts).map(([name, make]) => [name, make] as const)
      const full = Object.entries(contents).flatMap(([name, make]) =>
        ['/info', '/info/cpu', '/event', '/event/x', '/event/report/info', '/event/reject'].map(
          (opnm) =>
            [
              `${opnm} of ${name}`,
              (size: number) => `{"opid":"${opid}","opnm":"${opnm}","opct":${make(size)}}`,
            ] as const,
        ),
      )
      for (const [name, make] of [...whole, ...full])
        yield {
          name: `${role} of revision ${number}: ${name}`,
          sizes: frameSizes,
          ready: (size) => {
            const text = make(size)
            const options = { revision: number === 1 ? revision1 : revision2, addressed: true }
            const stage = new Stage()
            const { session } = role === 'requester' ? stage.requester(options) : stage.responder({}, options)
            // The same opid again would be dropped.
            return () => session.receive(text.replace(opid, newOpid()))
          },
        }
    }
}

/** Params and results into every schema. */
function* schemaAttacks(): Generator<Attack> {
  const tables: readonly ReadonlyMap<string, Operation>[] = [
    guestool.info,
    guestool.action,
    hub.info,
    hub.action,
  ]
  const operations = tables.flatMap((table) => Array.from(table.values()))
  for (const operation of operations)
    for (const [name, make] of Object.entries(contents)) {
      yield {
        name: `result of ${operation.label}: ${name}`,
        sizes: frameSizes,
        ready: (size) => {
          const value: unknown = JSON.parse(make(size))
          return () => operation.checkResult(value)
        },
      }
      yield {
        name: `params of ${operation.label}: ${name}`,
        sizes: frameSizes,
        ready: (size) => {
          const value: unknown = JSON.parse(make(size))
          return () => [operation.checkParams(value), operation.checkParams(operation.toParams(value))]
        },
      }
    }
}

function* patternAttacks(): Generator<Attack> {
  for (const unit of ['a', 'a,', 'a*,', '*a', '*', ',', 'a'.repeat(64) + ',', '-', 'é'])
    yield {
      name: `pattern of ${unit.slice(0, 8)}`,
      sizes: [longestPattern / 4, longestPattern / 2, longestPattern],
      ready: (size) => {
        const pattern = repeated(unit)(size).slice(0, size - 1) + 'a'
        return () => {
          try {
            const fits = guestPattern(pattern)
            return ['a'.repeat(64), 'b', 'a'.repeat(63) + 'b'].map(fits)
          } catch (error) {
            return error
          }
        }
      },
    }
}

/** Headers and targets of requests, before anybody is known. Those of a host that authenticates are all read. */
function* entranceAttacks(host: Host): Generator<Attack> {
  const units = [
    '=',
    ' ',
    '\t',
    'a',
    'A=',
    ',',
    ', ',
    ':',
    ':1',
    '%',
    '%41',
    '.',
    '/',
    '//',
    '[',
    '::',
    'x ',
    'bearer.x,',
    'token=a&',
    '&',
    '127.0.0.1,',
    '127.0.0.1 ,',
    'http://',
    '@',
    '#',
    '?',
    '-',
    '_',
  ]
  const places: Readonly<Record<string, readonly string[]>> = {
    authorization: ['', 'Basic ', 'Bearer ', 'Basic   '],
    'sec-websocket-protocol': ['', 'guestool, bearer.', 'bearer.'],
    origin: ['', 'http://', 'http://[', 'http://a@'],
    host: ['', '[', 'localhost:'],
    'x-forwarded-for': ['', '::', '127.0.0.1,'],
    url: ['/', '/guests?token=', '/join/', '/guests/', '/guests?', '/guests/alpha?token=a&'],
  }
  for (const [place, prefixes] of Object.entries(places))
    for (const prefix of prefixes)
      for (const unit of units)
        for (const suffix of ['', 'x', ' x'])
          yield {
            name: `${place}: ${prefix}${unit.repeat(3)}…${suffix}`,
            sizes: headerSizes,
            ready: (size) => {
              const text = prefix + repeated(unit)(size) + suffix
              const headers = { host: 'localhost', ...(place === 'url' ? {} : { [place]: text }) }
              const request = { url: place === 'url' ? text : '/guests', headers, address: '127.0.0.1' }
              return () => {
                host.refusal(request)
                host.accept(() => ({ send() {}, close() {}, terminate() {} }), request)
              }
            },
          }
}

/** Everything that is tried; the host is the caller's to close. */
export function* attacks(): Generator<Attack> {
  yield* codecAttacks()
  yield* sessionAttacks()
  yield* schemaAttacks()
  yield* patternAttacks()
  const host = createHost({
    authenticate: () => undefined,
    trustProxy: 'loopback',
    origins: ['https://console.example'],
    hosts: ['localhost'],
    maxConnections: 1_000_000,
    connectionsPerAddress: 1_000_000,
    clock: new VirtualClock(),
  })
  host.on('error', () => undefined)
  yield* entranceAttacks(host)
}
