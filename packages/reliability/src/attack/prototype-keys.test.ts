import { createClient, createHub } from '@guestool/client'
import { newOpid } from '@guestool/core'
import { readFrame } from '@guestool/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cleanups, cleanUp, enter, victim, type Line } from './attack.test.kit.js'

// Names that every object of JavaScript has anyway, where a name of somebody's choice is looked up or kept.

const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
]

afterEach(async () => {
  await cleanUp()
  const plain: Record<string, unknown> = {}
  expect([plain['polluted'], plain['isAdmin'], Object.keys(Object.prototype)]).toEqual([
    undefined,
    undefined,
    [],
  ])
})

let guests: Line[]
let console: Line
let url: string
let host: Awaited<ReturnType<typeof victim>>['host']

beforeEach(async () => {
  const at = await victim({ history: true, share: false })
  ;({ url, host } = at)
  guests = []
  for (const name of names) guests.push(await enter(`${url}/join/${name}`))
  console = await enter(`${url}/guests`)
  cleanups.push(() => expect(at.errors).toEqual([]))
})

describe('as the id of a guest', () => {
  test('is that guest in every list, and in its own name only', async () => {
    expect(host.guests.map(({ id }) => id)).toEqual(names)
    const { opct } = await console.ask('/info/guests')
    expect((opct as { id: string }[]).map(({ id }) => id)).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)))
    for (const id of names) {
      const history = await console.ask('/info/history', { guest: id })
      expect(history.opct).toHaveProperty('start_ts')
    }
    for (const id of ['isPrototypeOf', 'propertyIsEnumerable', '__lookupGetter__']) {
      expect(host.guest(id)).toBeUndefined()
      const history = await console.ask('/info/history', { guest: id })
      expect(history.opct).toMatchObject({ code: 'gone' })
      const asked = await console.ask(`/guests/${id}/info/time`)
      expect(asked.opct).toMatchObject({ code: 'gone' })
    }
  })

  test('is asked and answers, and a client of all has its result by its id', async () => {
    const time = { system: 10, nonebot: 5, system_ts: 1_700_000_000, nonebot_ts: 1_700_000_005 }
    for (const guest of guests)
      guest.socket.on('message', (data: Buffer) => {
        const { opid, opnm } = readFrame(String(data))
        if (opnm === '/info/time') guest.send('/event/report/info', time, String(opid))
      })
    const hub = createHub(`${url}/guests`)
    cleanups.push(() => hub.close())
    const verdicts = await hub.fleet.info('time')
    expect(verdicts).toHaveLength(names.length)
    for (const name of names)
      expect(verdicts.find(({ guest }) => guest === name)).toMatchObject({ ok: true, result: time })
    const left = guests.map(({ closed, socket }) => (socket.close(1000), closed))
    await Promise.all(left)
    expect(await console.ask('/info/hub')).toMatchObject({ opct: { guests: { alive: 0 } } })
  })
})

describe.each(names)('%s', (name) => {
  test('as an info, an action, an event is no more than that name', async () => {
    const [guest] = guests
    for (const kind of ['info', 'action']) {
      const own = await console.ask(`/${kind}/${name}`)
      expect(own.opct).toMatchObject({ code: 'unknown_operation' })
    }
    await console.ask('/action/subscribe', { guests: '*', names: [name] })
    guest?.send(`/event/${name}`, { polluted: true })
    expect(readFrame(await console.next())).toMatchObject({
      opnm: `/guests/__proto__/event/${name}`,
      opct: { polluted: true },
    })
    const asked = console.ask(`/guests/constructor/info/${name}`, { polluted: true })
    for (;;) {
      const { opid, opnm } = readFrame((await guests[1]?.next()) ?? '{}')
      if (opnm !== `/info/${name}`) continue
      guests[1]?.send(
        '/event/report/info',
        { [name === '__proto__' ? 'x' : name]: { isAdmin: true } },
        String(opid),
      )
      break
    }
    expect((await asked).opct).not.toHaveProperty('code')
  })

  test('as a key of params, of a result, of an event: it stays a key, and __proto__ is refused', async () => {
    const own = (text: string) => `{"${name}":{"polluted":true,"isAdmin":true}${text}}`
    const opid = newOpid()
    console.socket.send(`{"opid":"${opid}","opnm":"/info/guests","opct":${own('')}}`)
    const answer = await console.next()
    expect(answer).toContain('"invalid_params"')
    // At any depth, and beside the keys of the envelope.
    const deep = newOpid()
    console.socket.send(
      `{"opid":"${deep}","${name}":{"opnm":"x"},"opnm":"/info/hub","opct":{"a":[${own('')}]}}`,
    )
    expect(readFrame(await console.next()).opid).toBe(deep)

    const [, guest] = guests
    const client = createClient(`${url}/guests/constructor`, { revision: 2 })
    cleanups.push(() => client.close())
    guest?.socket.on('message', (data: Buffer) => {
      const request = readFrame(String(data))
      if (request.opnm !== '/info/time') return
      const times = ',"system":10,"nonebot":5,"system_ts":1,"nonebot_ts":1'
      guest.socket.send(`{"opid":"${String(request.opid)}","opnm":"/event/report/info","opct":${own(times)}}`)
    })
    const asked = client.info('time').catch((error: unknown) => error)
    const result = (await asked) as Record<string, unknown>
    expect(result['isAdmin']).toBeUndefined()
    expect(result['polluted']).toBeUndefined()
    // What a guest of the host said in a way that nobody can read, the host says failed.
    expect(result).toMatchObject(name === '__proto__' ? { code: 'failed' } : { system: 10 })
    guest?.socket.send(`{"opid":"${newOpid()}","opnm":"/event/bot_online","opct":${own(',"bot":"x"')}}`)
    await guest?.ask('/greet/hello')
  })
})
