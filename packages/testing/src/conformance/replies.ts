import { newOpid } from '@guestool/core'
import { opidOf } from '../peer/frames.js'
import type { AskedTalk } from './asked-talk.js'
import { same, type AddCase } from './case.js'
import type { Dialect } from './dialect.js'

type Open = AddCase<AskedTalk>

const time = { system: 1000.5, nonebot: 13.5, system_ts: 1, nonebot_ts: 2 }

const timeReply = (dialect: Dialect, opid = '$opid'): string => dialect.reply(opid, 'info', time)

/** What comes back, and what becomes of it. */
export function replyCases(open: Open, revision: 1 | 2): void {
  open('takes replies in any order', async (talk) => {
    const names = ['bots', 'apicall', 'bots_connect_time']
    const results: Record<string, unknown> = {
      bots: ['10001', '机器人-😀'],
      apicall: { error: { send_msg: 3 } },
      bots_connect_time: { constructor: 1.5, error: 2 },
    }
    const calls = names.map((name) => talk.asker.info(name))
    const requests = []
    for (const name of names) requests.push(await talk.request('info', name))
    for (const { opid, name } of requests.toReversed())
      talk.send(talk.dialect.reply(opid, 'info', results[name]))
    same(
      await Promise.all(calls),
      names.map((name) => results[name]),
      'the results',
    )
  })
  open('takes a reply by its opid, whatever its operation name', async (talk) => {
    const { call } = await talk.answered(`{"opnm":"/anything","opct":${JSON.stringify(time)},"opid":"$opid"}`)
    same(await call, time, 'the result')
  })
  open('rejects a reply to nothing once, as unknown_opid', async (talk) => {
    const opid = newOpid()
    talk.send(timeReply(talk.dialect, opid))
    await talk.refusal(opid, 'unknown_opid', 'a reply to nothing')
    talk.send(timeReply(talk.dialect, opid))
    await talk.quiet('a reply to nothing, again')
  })
  open('drops a second reply', async (talk) => {
    const { call, opid } = await talk.answered(timeReply(talk.dialect))
    talk.send(talk.dialect.reply(opid, 'info', null))
    same(await call, time, 'the result')
    await talk.quiet('a second reply')
  })
  errorCases(open)
  brokenCases(open, revision)
}

function errorCases(open: Open): void {
  open('takes an error reply with a code', async (talk) => {
    const reply = talk.dialect.errorReply('$opid', 'info', { error: 'no such thing', code: 'unsupported' })
    const { call } = await talk.answered(reply)
    const error = await talk.fails(call, 'unsupported', 'an error reply')
    same([error.remote, error.message.includes('no such thing')], [true, true], 'that the peer said it')
  })
  open('takes an error reply without a code', async (talk) => {
    const { call } = await talk.answered(talk.dialect.errorReply('$opid', 'info', { error: 'disk on fire' }))
    await talk.fails(call, 'failed', 'an error reply without a code')
    const unknown = await talk.answered(
      talk.dialect.errorReply('$opid', 'info', { error: 'unknown info type' }),
    )
    await talk.fails(
      unknown.call,
      'unknown_operation',
      'what the Python guest says of a name it does not know',
    )
  })
  open('settles a call with the code of its rejection, and answers no rejection', async (talk) => {
    const { call, opid } = await talk.answered(talk.dialect.rejection('$opid', 'busy', 'later'))
    await talk.fails(call, 'busy', 'a rejected call')
    for (const one of [opid, newOpid()]) talk.send(talk.dialect.rejection(one, 'unknown_opid', 'what?'))
    await talk.quiet('rejections')
  })
  open('takes a rejection with a code that is none of ours for failed', async (talk) => {
    const { call } = await talk.answered(talk.dialect.rejection('$opid', 'teapot', 'short and stout'))
    await talk.fails(call, 'failed', 'an unknown code')
  })
}

function brokenCases(open: Open, revision: 1 | 2): void {
  open('fails a call whose reply is not JSON, with its text, and goes on', async (talk) => {
    const reply = '{"opid": "$opid", "opnm": "/event/report/info", "opct": {"system": NaN}}'
    const { call, opid } = await talk.answered(reply)
    const error = await talk.fails(call, 'invalid_result', 'a reply with NaN')
    same(error.raw, reply.replace('$opid', opid), 'what it carries')
    await talk.quiet('a reply with NaN')
  })
  open('fails a call whose reply does not fit, with what came', async (talk) => {
    for (const result of [null, [], 'text', {}, { ...time, system: '1' }]) {
      const { call } = await talk.answered(talk.dialect.reply('$opid', 'info', result))
      const error = await talk.fails(call, 'invalid_result', JSON.stringify(result))
      same(error.raw, result, 'what it carries')
    }
  })
  open('fails a call whose reply has a key __proto__, however it is written', async (talk) => {
    for (const key of ['__proto__', String.raw`\u005f_proto__`]) {
      const reply = talk.dialect.reply('$opid', 'info', { ...time, KEY: { a: 1 } }).replace('KEY', () => key)
      const { call } = await talk.answered(reply)
      await talk.fails(call, 'invalid_result', `the key ${key}`)
    }
  })
  open('keeps keys that it does not know', async (talk) => {
    const more = { ...time, newer: { nested: [1, null] } }
    const { call } = await talk.answered(talk.dialect.reply('$opid', 'info', more))
    same(await call, more, 'the result')
  })
  open('reads floats, escapes and spacing as Python writes them', async (talk) => {
    const call = talk.asker.info('bots_connect_time')
    const { opid } = await talk.request('info', 'bots_connect_time')
    const opnm = revision === 1 ? '/info' : '/event/report/info'
    talk.send(
      String.raw`{"opid": "${opid}", "opnm": "${opnm}", "opct": {"10001": 100.0, "\u673a\ud83d\ude00": 1e+22, "\ud800": 0.0}}`,
    )
    same(await call, { '10001': 100, '机😀': 1e22, '\ud800': 0 }, 'the result')
  })
  open('does not mistake a late copy of a request for anything', async (talk) => {
    const { call, opid } = await talk.answered(timeReply(talk.dialect))
    await call
    talk.send(talk.dialect.request(opid, 'info', 'time', {}))
    const stray = newOpid()
    talk.send(talk.dialect.request(stray, 'info', 'time', {}))
    same(opidOf(await talk.next('the rejection of a request')), stray, 'what is rejected')
    await talk.quiet('requests to a requester')
  })
}
