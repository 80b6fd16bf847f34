import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carriesProtoKey, decode, encode, exceedsBytes, Malformed } from './codec.js'
import { GuestoolError } from './errors.js'
import type { Message } from './message.js'

const opid = '8fcbe0f6-9175-4f64-a4ff-f7537338aab8'

const message = (text: string): Message => {
  const decoded = decode(text)
  if (decoded instanceof Malformed) throw new Error(decoded.problem)
  return decoded
}

const malformed = (text: string): Malformed => {
  const decoded = decode(text)
  if (decoded instanceof Malformed) return decoded
  throw new Error('it is a message')
}

describe('what is written reads back the same', () => {
  test('any JSON value, any operation name', () => {
    fc.assert(
      fc.property(
        fc.uuid({ version: 4 }),
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        (id, opnm, opct) => {
          expect(message(encode(id, opnm, opct))).toEqual(
            JSON.parse(JSON.stringify({ opid: id, opnm, opct })),
          )
        },
      ),
    )
  })

  test('lone surrogates and newlines, which process names may hold', () => {
    const name = 'a\ud800b\udc00\n\u2028\u0000'
    const text = encode(opid, '/info', { name })
    // Escaped, so that a socket that encodes UTF-8 cannot spoil them.
    expect(text).toContain(String.raw`a\ud800b\udc00\n`)
    expect(message(text).opct).toEqual({ name })
  })

  test('the envelope has its three keys in order, also around nothing', () => {
    expect(encode(opid, '/info', undefined)).toBe(`{"opid":"${opid}","opnm":"/info","opct":null}`)
  })
})

describe('what cannot be written', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  test.each([
    ['a BigInt', { n: 1n }],
    ['a cycle', cycle],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('no')
        },
      },
    ],
  ])('%s is failed, with its cause', (_name, content) => {
    const attempt = () => encode(opid, '/info', content)
    expect(attempt).toThrow(GuestoolError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'failed', cause: expect.any(Error) }))
  })
})

describe('reading', () => {
  test.each([
    ['unknown keys of the envelope are ignored', `{"opid":"${opid}","opnm":"/x","opct":1,"extra":2}`],
    ['any order and spacing', ` \n{ "opct" : 1,\t"opnm":"/x","opid":"${opid}" }\n`],
    ['the last of equal keys counts', `{"opid":"x","opid":"${opid}","opnm":"/x","opct":1}`],
    ['escapes', String.raw`{"opid":"${opid}","opnm":"\u002f\u0078","opct":1}`],
  ])('%s', (_name, text) => {
    expect(message(text)).toMatchObject({ opid, opnm: '/x', opct: 1 })
  })

  test.each([null, 0, false, '', [], {}])('the content may be %j', (opct) => {
    expect(message(encode(opid, '/x', opct)).opct).toEqual(opct)
  })

  const head = `{"opid":"${opid}"`
  test.each([
    ['', 'not JSON', undefined, false],
    ['this is not json', 'not JSON', undefined, false],
    ['\ufeff{}', 'not JSON', undefined, false],
    ['{} {}', 'not JSON', undefined, false],
    ['5', 'not a JSON object', undefined, true],
    ['null', 'not a JSON object', undefined, true],
    ['"text"', 'not a JSON object', undefined, true],
    [`[${head},"opnm":"/x","opct":1}]`, 'not a JSON object', undefined, true],
    ['{}', 'opid is not a uuid4', undefined, true],
    ['{"opid":42,"opnm":"/x","opct":1}', 'opid is not a uuid4', undefined, true],
    ['{"opid":"not-a-uuid","opnm":"/x","opct":1}', 'opid is not a uuid4', undefined, true],
    [`{"__proto__":${head},"opnm":"/x","opct":1}}`, 'opid is not a uuid4', undefined, true],
    [`${head},"opct":1}`, 'opnm is not a string', opid, true],
    [`${head},"opnm":5,"opct":1}`, 'opnm is not a string', opid, true],
    [`${head},"opnm":"/x"}`, 'opct is missing', opid, true],
    [`${head},"opnm":"/x","opct":NaN}`, 'not JSON', opid, false],
    [` { "opid" : "${opid}" , "opnm"`, 'not JSON', opid, false],
    [`{"opid": "00000000-0000-0000-0000-000000000000", NaN`, 'not JSON', undefined, false],
    [`{"opnm":"/x","opid":"${opid}",NaN}`, 'not JSON', undefined, false],
  ])('%j is malformed: %s', (text, problem, usable, isJson) => {
    const found = malformed(text)
    expect(found.problem).toContain(problem)
    expect([found.opid, found.isJson]).toEqual([usable, isJson])
  })

  test('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decode(text)))
    fc.assert(fc.property(fc.json(), (text) => void decode(text)))
    expect(malformed('['.repeat(200_000)).isJson).toBe(false)
    expect(message(`{"opid":"${opid}","opnm":"/x","opct":${'['.repeat(5e4)}${']'.repeat(5e4)}}`).opid).toBe(
      opid,
    )
  })
})

const holds = (opct: string): boolean => {
  const text = `{"opid":"${opid}","opnm":"/x","opct":${opct}}`
  return carriesProtoKey(text, message(text))
}

describe('a key __proto__', () => {
  test.each([
    '{"__proto__":1}',
    String.raw`{"\u005f_proto__":1}`,
    String.raw`{"__pr\u006fto__":1}`,
    String.raw`{"\u005F\u005F\u0070roto__":1}`,
    '{"a":[[{"b":{"__proto__":null}}]]}',
  ])('is found in %s', (opct) => {
    expect(holds(opct)).toBe(true)
  })

  test.each([
    '{}',
    '"__proto__"',
    '{"a":"__proto__"}',
    '{"__proto":1,"proto__":2,"constructor":3,"prototype":4}',
    String.raw`{"a":"\u00e9"}`,
  ])('is not seen in %s', (opct) => {
    expect(holds(opct)).toBe(false)
  })

  test('does nothing to any prototype', () => {
    message(`{"opid":"${opid}","opnm":"/x","opct":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}`)
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test('is found however deep', () => {
    const depth = 50_000
    expect(holds(`${'['.repeat(depth)}{"__proto__":1}${']'.repeat(depth)}`)).toBe(true)
  })
})

describe('limits are bytes, not characters', () => {
  const utf8 = new TextEncoder()

  test('counts as UTF-8 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(200), (text, max) => {
        expect(exceedsBytes(text, max)).toBe(utf8.encode(text).length > max)
      }),
    )
  })

  test.each([
    ['aaaa', 4, false],
    ['aaaaa', 4, true],
    ['éé', 4, false],
    ['ééa', 4, true],
    ['字', 3, false],
    ['字', 2, true],
    ['😀', 4, false],
    ['😀', 3, true],
    ['', 0, false],
  ])('%j over %i: %s', (text, max, over) => {
    expect(exceedsBytes(text, max)).toBe(over)
  })
})
