import { expect, test } from 'vitest'
import { encode } from './codec.js'
import { newOpid } from './fresh-opid.js'
import { readRecording, recordingLine } from './recording.js'

const opid = newOpid()
const row = (line: string): unknown => JSON.parse(line)

test('what a console says about a guest is what the host says to it, the content to the letter', () => {
  const asked = `{"opid":"${opid}","opnm":"/guests/alpha/info","opct":{"info":"cpu","smptime":1.0}}`
  const answered = `{"opid":"${opid}","opnm":"/guests/alpha/info","opct":{"cpu_percent":12.50}}`
  const lines = [
    recordingLine(0, { what: 'sent', text: asked }),
    recordingLine(103.46, { what: 'received', text: answered }),
  ]
  expect(readRecording(lines.join('\n'))).toEqual([
    { t: 0, dir: 'host>guest', guest: 'alpha', text: asked.replace('/guests/alpha', '') },
    { t: 103.5, dir: 'guest>host', guest: 'alpha', text: answered.replace('/guests/alpha', '') },
  ])
})

test('the same in revision 2, and with an envelope in another order', () => {
  const asked = encode(opid, '/guests/alpha/info/cpu', { smptime: 1 })
  const answered = `{ "opct": {"opnm": "/guests/alpha/x"}, "opnm": "/guests/alpha/event/report/info", "opid": "${opid}" }`
  const lines = [
    recordingLine(1, { what: 'sent', text: asked }),
    recordingLine(2, { what: 'received', text: answered }),
  ]
  expect(readRecording(lines.join('\n')).map(({ text }) => JSON.parse(text))).toEqual([
    { opid, opnm: '/info/cpu', opct: { smptime: 1 } },
    { opid, opnm: '/event/report/info', opct: { opnm: '/guests/alpha/x' } },
  ])
})

test('a console of one guest says it without an address', () => {
  const asked = encode(opid, '/info', { info: 'cpu' })
  expect(row(recordingLine(1, { what: 'sent', text: asked }, 'alpha'))).toEqual({
    t: 1,
    dir: 'host>guest',
    guest: 'alpha',
    text: asked,
  })
})

test('what is between the console and the hub is not said to any guest', () => {
  const lines = [
    recordingLine(0, { what: 'opened' }),
    recordingLine(0, { what: 'sent', text: encode(opid, '/hello', {}) }, 'alpha'),
    recordingLine(0, { what: 'sent', text: encode(opid, '/info', { info: 'guests' }) }),
    recordingLine(0, { what: 'received', text: 'not json' }),
    recordingLine(0, { what: 'binary' }),
    recordingLine(0, { what: 'closed', code: 1001, reason: 'going away' }),
  ]
  expect(lines.map(row)).toMatchObject([
    { event: 'connect' },
    { dir: 'console>hub' },
    { dir: 'console>hub' },
    { dir: 'hub>console', text: 'not json' },
    { event: 'binary' },
    { event: 'close', code: 1001, reason: 'going away' },
  ])
  expect(() => readRecording(lines.join('\n'))).toThrow('without a frame of a guest')
})

test('a line that is no JSON object is told by its number', () => {
  const line = '{"t":1,"dir":"guest>host","text":"x"}'
  expect(readRecording(`${line}\r\n\n${line}\n`)).toHaveLength(2)
  expect(() => readRecording(`${line}\n{"t":`)).toThrow('line 2 ')
  expect(() => readRecording('[]')).toThrow('line 1 ')
})
