import { guestool, hub, wireCodes } from '@guestool/core'
import { badFrames } from '@guestool/testing'
import type { Dice } from './dice.js'

// Frames that are nearly right, or plainly wrong, as text: a value could not say a key twice, or 1e400.
// `$fresh`, `$same`, `$heard` and `$older` stand for opids: a new one, the last said, the last heard, the one before it.

const names = [...guestool.info.keys(), ...hub.info.keys(), ...hub.action.keys(), ...hub.event.keys()]
const ids = [
  'alpha',
  'hidden',
  'team-evil',
  'team-x',
  'nobody',
  '.a',
  '..',
  'x'.repeat(64),
  'x'.repeat(65),
  '%61',
  'ａlpha',
]
const evilKeys = [
  '__proto__',
  String.raw`\u005f_proto__`,
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'hasOwnProperty',
  '',
]
const keys = [
  'info',
  'action',
  'event',
  'error',
  'code',
  'age_ms',
  'smptime',
  'physical_only',
  'guests',
  'guest',
  'names',
  'after',
  'limit',
  'minutes',
  'before',
  'replace',
  'id',
  'opid',
  'state',
  'counts',
]
const segments = [
  'guests',
  'info',
  'action',
  'event',
  'report',
  'reject',
  'hello',
  'greet',
  'bye',
  'join',
  '',
  '.',
  '..',
  '*',
]

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const deepObject = (levels: number): string => '{"a":'.repeat(levels) + '0' + '}'.repeat(levels)
const many = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(',')

const scalars = [
  '0',
  '-0',
  '1',
  '0.1',
  '59',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '9'.repeat(1_000),
  '0.' + '1'.repeat(500),
  'true',
  'false',
  'null',
  '""',
  '"x"',
  '"*"',
  '"alpha"',
  '"team-*"',
  '"reject"',
  '"busy"',
  '"hello"',
  '"\u2028"',
  '"🙂"',
  '"😀é漢"',
  String.raw`"\u0000"`,
  String.raw`"\ud800"`,
  String.raw`"\udc00\ud800"`,
  String.raw`"<img src=x onerror=alert(1)>"`,
  '"\ud800"',
  '"__proto__"',
  '"constructor"',
] as const
const strange = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '01',
  '.5',
  '+1',
  "'x'",
  '[1,]',
  '{"a":1,}',
  '// x',
  '"\t"',
  '"\\x41"',
  '0x10',
  '1n',
  '"',
] as const
const large = [
  () => deep(2_000),
  () => deepObject(2_000),
  () => deep(20_000),
  () => `"${'a'.repeat(70_000)}"`,
  () => `"${'漢'.repeat(2_000)}"`,
  () => `"${String.raw`\u0000`.repeat(1_000)}"`,
  () => `{${many(2_000, (i) => `"k${i}":${i}`)}}`,
  () => `{${many(500, () => '"a":1')}}`,
  () => `[${many(2_000, () => '{}')}]`,
  () => `"${'*'.repeat(33)}"`,
  () => `"${many(60, () => 'a*b')}"`,
  () => `{${many(300, () => '"__proto__":{}')}}`,
  () => `"${'a,'.repeat(2_000)}a"`,
] as const

/** The text of a JSON value, or of nearly one. */
function value(dice: Dice, depth = 3): string {
  const roll = dice.below(100)
  if (roll < 1) return dice.pick(large)()
  if (roll < 3) return dice.pick(strange)
  if (depth === 0 || roll < 50) return dice.pick(scalars)
  if (roll < 65) return `[${dice.some(4, () => value(dice, depth - 1)).join(',')}]`
  return object(
    dice,
    dice.some(4, () => `"${key(dice)}":${value(dice, depth - 1)}`),
  )
}

function key(dice: Dice): string {
  const roll = dice.below(100)
  return roll < 15 ? dice.pick(evilKeys) : roll < 30 ? dice.pick(names) : dice.pick(keys)
}

/** An object of these members, in any order, one of them said twice now and then. */
function object(dice: Dice, members: readonly string[]): string {
  const said = [...members]
  if (dice.percent(10) && said.length > 0) said.push(dice.pick(said))
  if (dice.percent(10)) said.reverse()
  const space = dice.percent(10) ? ' \n\t' : ''
  return `{${space}${said.join(`,${space}`)}${space}}`
}

function opid(dice: Dice): string {
  const roll = dice.below(100)
  if (roll < 35) return '"$fresh"'
  if (roll < 75) return '"$heard"'
  if (roll < 83) return '"$older"'
  if (roll < 93) return '"$same"'
  return dice.pick([
    '""',
    'null',
    '42',
    '"00000000-0000-4000-8000-00000000000"',
    '"AAAAAAAA-AAAA-4AAA-AAAA-AAAAAAAAAAAA"',
    '"$fresh\\n"',
    '["$fresh"]',
    '"g0000000-0000-4000-8000-000000000000"',
  ])
}

function path(dice: Dice): string {
  const address = dice.percent(35) ? `/guests/${dice.pick(ids)}` : ''
  const roll = dice.below(100)
  if (roll < 25) return `${address}/${dice.pick(['info', 'action', 'event'])}`
  if (roll < 50) return `${address}/${dice.pick(['info', 'action', 'event'])}/${dice.pick(names)}`
  if (roll < 65) return `${address}/event/report/${dice.pick(['info', 'action'])}`
  if (roll < 75)
    return `${address}${dice.pick(['/hello', '/greet/hello', '/greet/bye', '/event/reject', '/event/report/'])}`
  if (roll < 97)
    return `${address}/${dice.some(5, () => dice.pick([...segments, ...ids, ...names, ...evilKeys])).join('/')}`
  return dice.pick([
    '/'.repeat(20_000),
    'x'.repeat(5_000),
    '\u0000',
    '/info\u0000',
    '\ud800',
    '/guests/alpha'.repeat(50),
  ])
}

const recorded = [
  '{"cpu_percent": 100.0, "cpu_ncores": {"physical": null, "logical": 2}, "cpu_freq": {"current": 0, "min": 0.0, "max": 0.0}, "cpu_load": {"last1m": 1.4, "last5m": 1.1, "last15m": 0.6}}',
  '{"mem": {"total": 1, "available": 1, "used": 0, "percent": 21.0}, "swap": {"total": 0, "available": 0, "used": 0, "percent": 0.0}}',
  '{"system": 1015.2, "nonebot": 13.5, "system_ts": 1795365479.0, "nonebot_ts": 1795366480.7}',
  '["10001", "\\u673a\\u5668"]',
  '{"10001": {"send_msg": 3}, "__proto__": {"send_msg": 1}}',
  '{"10001": 1795366482.5, "constructor": 1e400}',
  '[{"id":"__proto__","revision":1,"state":"alive","state_ts":1,"connected_ts":null,"address":null,"round_trip_ms":null,"counts":{"sent":0,"received":0,"late":0,"malformed":0,"rejected":0,"shared":0}}]',
  '[]',
  'null',
]

function content(dice: Dice): string {
  const roll = dice.below(100)
  if (roll < 20) {
    const kind = dice.pick(['info', 'action', 'event'])
    const members = dice.some(2, () => `"${key(dice)}":${value(dice, 2)}`)
    return object(dice, [
      `"${kind}":"${dice.pick([...names, 'reject', '__proto__', 'constructor'])}"`,
      ...members,
    ])
  }
  if (roll < 28)
    return object(dice, [
      `"error":${value(dice, 1)}`,
      `"code":"${dice.pick([...wireCodes, 'toString', 'x'])}"`,
    ])
  if (roll < 45) return dice.pick(recorded)
  if (roll < 55) return '{}'
  if (roll < 62) {
    const pattern = dice.pick([
      '*',
      'alpha',
      'team-*',
      'hidden',
      '*,*',
      '**',
      '',
      'a'.repeat(64),
      `${'*a'.repeat(31)}*`,
    ])
    return object(dice, [
      `"${dice.pick(['info', 'action'])}":"${dice.pick(names)}"`,
      `"guests":"${pattern}"`,
      `"limit":${value(dice, 0)}`,
    ])
  }
  return value(dice)
}

/** The text of a frame. */
export function frame(dice: Dice): string {
  if (dice.percent(4)) return dice.pick(badFrames).text.replace('$opid', dice.pick(['$fresh', '$heard']))
  if (dice.percent(2)) return dice.pick([...strange, ...scalars])
  if (dice.percent(1))
    return `{"opid":"$fresh","opnm":"${dice.pick(['/hello', '/greet/hello'])}","opct":${dice.pick(large)()}}`
  const members = [`"opid":${opid(dice)}`, `"opnm":${quoted(path(dice))}`, `"opct":${content(dice)}`]
  if (dice.percent(5)) members.splice(dice.below(3), 1)
  if (dice.percent(5)) members.push(`"${key(dice)}":${value(dice, 1)}`)
  const text = dice.percent(90) ? `{${members.join(',')}}` : object(dice, members)
  return dice.percent(2) ? text.slice(0, dice.below(text.length)) : text
}

/** A frame that only just may be: a request, a reply or a rejection of either revision. */
export function fair(dice: Dice): string {
  if (dice.percent(50)) return reply(dice)
  const kind = dice.pick(['info', 'action'])
  const address = dice.percent(30) ? `/guests/${dice.pick(ids)}` : ''
  const params = dice.some(2, () => `"${key(dice)}":${value(dice, 1)}`)
  const [asked, said] = dice.percent(50)
    ? [`${address}/${kind}`, [`"${kind}":"${dice.pick(names)}"`, ...params]]
    : [`${address}/${kind}/${dice.pick(names)}`, params]
  return `{"opid":"$fresh","opnm":"${asked}","opct":{${said.join(',')}}}`
}

function reply(dice: Dice): string {
  const error = `"error":"${dice.pick(['no', 'unknown info type', ''])}","code":"${dice.pick([...wireCodes, 'toString', '__proto__', 'x'])}"`
  switch (dice.below(5)) {
    case 0:
      return `{"opid":"$heard","opnm":"/event","opct":{"event":"reject",${error}}}`
    case 1:
      return `{"opid":"$heard","opnm":"/event/reject","opct":{${error}}}`
    case 2:
      return `{"opid":"$heard","opnm":"/event/report/info","opct":{${error}}}`
    default: {
      const opnm = dice.pick(['/info', '/event/report/info', '/guests/alpha/info'])
      return `{"opid":"$${dice.pick(['heard', 'older'])}","opnm":"${opnm}","opct":${content(dice)}}`
    }
  }
}

/** A text in quotes, with as few escapes as can be. */
function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text}"` : JSON.stringify(text)
}
