import { once } from 'node:events'
import { decode, guestool as protocol, Malformed, revision1 } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { frame } from '@guestool/testing'
import { createHost } from '@guestool/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import * as z from 'zod'
import { environment, guestool, start } from './cli.test.kit.js'
import { present, steady } from './hosts.test.kit.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** What nobody told the command line of. */
const contract = protocol.extend({
  info: {
    gpu: {
      params: z.strictObject({
        index: z.int().min(0).default(0).describe('which one, from 0'),
        unit: z.enum(['watt', 'percent']).optional(),
        names: z.array(z.string()).optional(),
        json: z.boolean().optional(),
      }),
      result: z.object({ asked: z.unknown(), percent: z.number() }),
    },
    echo: { params: z.strictObject({ text: z.string().nullable() }), result: z.unknown() },
  },
  action: { say: { params: z.strictObject({ text: z.string() }), result: z.null() } },
  event: { bot_online: z.object({ bot: z.string() }) },
})

async function hosted(): Promise<NodeJS.ProcessEnv> {
  const host = createHost({ contract, history: false })
  onTestFinished(() => host.close())
  const { url } = await host.listen(0)
  const guest = createGuest(`${url}/join/alpha`, {
    contract,
    info: { ...steady, gpu: (asked) => ({ asked, percent: 12.5 }), echo: ({ text }) => ({ text }) },
    action: {
      say: ({ text }) => {
        guest.emit('bot_online', { bot: text })
        return null
      },
      'matcher/list': 'unsupported',
      'matcher/info': 'unsupported',
      'matcher/hack': 'unsupported',
      'matcher/remove': 'unsupported',
    },
  })
  onTestFinished(() => guest.close())
  await present(host, 'alpha')
  return environment({ GUESTOOL_URL: url })
}

const completed = async (env: NodeJS.ProcessEnv, ...words: string[]): Promise<string[]> => {
  const ended = await guestool(['__complete', '--', ...words], env)
  expect(ended).toMatchObject({ code: 0, err: '' })
  return ended.out.split('\n').filter((line) => line !== '')
}

test('an info of a host of one’s own is asked, helped and completed, and nobody told the command line', async () => {
  const env = await hosted()
  const asked = await guestool(
    ['info', 'gpu', '--index', '1', '--unit', 'watt', '--names', '["a"]', '--json'],
    env,
  )
  expect(JSON.parse(asked.out)).toEqual({ asked: { index: 1, unit: 'watt', names: ['a'] }, percent: 12.5 })
  // An option that is everybody's is no param: there is JSON for it.
  const whole = await guestool(['info', 'gpu', '{"json": true}', '--json'], env)
  expect(JSON.parse(whole.out)).toMatchObject({ asked: { json: true } })

  const list = await guestool(['info', '--help'], env)
  expect(list.out).toMatch(/^Infos:\n[^]*^ {2}gpu .*asked, percent$/m)
  const help = await guestool(['info', 'gpu', '--help'], env)
  expect(help.out).toMatch(/--index <integer> +which one, from 0 at least 0 \(default: 0\)/)
  expect(help.out).toMatch(/--unit <watt\|percent>/)
  expect(help.out).toMatch(/^Result:\n {2}asked: anything\n {2}percent: number$/m)
  expect(help.out).not.toMatch(/--json <|--json \[/)

  expect(await completed(env, 'info', 'g')).toEqual(['gpu'])
  expect(await completed(env, 'info', 'gpu', '--i')).toEqual(['--index'])
  expect(await completed(env, 'info', 'gpu', '--unit', '')).toEqual(['watt', 'percent'])
  expect(await completed(env, 'watch', 'g')).toEqual(['gpu'])
  expect(await completed(env, 'help', 'action', 's')).toEqual(['say'])
})

/** A host that says what it likes. */
async function hostile(answers: Record<string, unknown>): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first = '']) => first })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const text = (data as Buffer).toString()
      const message = decode(text)
      const asked = message instanceof Malformed ? undefined : revision1.readRequest(message)
      if (asked === undefined) socket.send(text)
      else socket.send(frame(message.opid ?? '', '/event/report/info', answers[asked.name] ?? []))
    }),
  )
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('what a host says does nothing to a terminal, to help, or to a shell', async () => {
  const evil = '\u001b[2J$(reboot)'
  const params = { type: 'object', properties: { [evil]: {}, a: { type: evil, description: evil } } }
  const operation = { params, result: { type: evil, description: evil } }
  const record = {
    id: evil,
    revision: 1,
    state: 'alive',
    state_ts: 0,
    connected_ts: 0,
    address: evil,
    round_trip_ms: null,
    counts: { sent: 0, received: 0, late: 0, malformed: 0, rejected: 0, shared: 0 },
  }
  const url = await hostile({
    contract: { info: { [evil]: operation, fine: operation }, action: {}, event: { [evil]: {} } },
    guests: [record],
  })
  const env = environment({ GUESTOOL_URL: url, DEBUG: '1' })
  for (const args of [
    ['info', '--help'],
    ['info', 'fine', '--help'],
    ['info', 'fine', '--a', 'x'],
    ['info', evil],
    ['guests'],
    ['top'],
  ]) {
    const { out, err } = await guestool(args, env)
    expect(out + err).not.toBe('')
    expect(out + err).not.toContain('\u001b')
  }
  expect(await completed(env, 'info', '')).toEqual(['fine'])
  expect(await completed(env, 'info', '--guest', '')).toEqual([])
})

test.each([
  [['gpu', '--index', '1.5'], /It must be a whole number/],
  [['gpu', '--index', '-1'], /index: must be at least 0/],
  [['gpu', '--unit', 'horse'], /--unit.*Allowed choices are watt, percent|one of watt\|percent/],
  [['gpu', '--names', 'a'], /It must be json/],
  [['gpu', 'text'], /must be a JSON object/],
  [['gpu', '{"index": 1, "strange": 2}'], /strange/],
  [['echo'], /echo needs --text/],
])('%j is a slip at the keyboard', async (args, err) => {
  const ended = await guestool(['info', ...args], await hosted())
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toMatch(err)
})

test.each([
  ['5', '5'],
  ['null', null],
  ['', ''],
  ['{"a":1}', '{"a":1}'],
  ['-1', '-1'],
])('a text is taken as it is typed: %j', async (typed, text) => {
  const { out } = await guestool(['info', 'echo', '--json', '--text', typed], await hosted())
  expect(JSON.parse(out)).toEqual({ text })
})

test('an action and an event of one’s own', async () => {
  const env = await hosted()
  const events = start(['events', '--json'], env)
  await events.sees(/Ctrl-C stops/)
  expect(await guestool(['action', 'say', 'hello'], env)).toMatchObject({ code: 0, out: '', err: 'done\n' })
  await events.sees(/"guest":"alpha","event":"bot_online","data":\{"bot":"hello"\}/)
})

test('completion knows commands, options, guests, saved hosts; and is silent where it does not know', async () => {
  const env = await hosted()
  expect(await completed(env, 'g')).toEqual(['guests', 'guest'])
  expect(await completed(env, 'info', '--guest', '')).toEqual(['alpha'])
  expect(await completed(env, 'info', '--guest=al')).toEqual(['--guest=alpha'])
  // As bash splits it.
  expect(await completed(env, 'info', '--guest', '=', 'al')).toEqual(['alpha'])
  expect(await completed(env, 'info', '--guest', '=')).toEqual(['alpha'])
  expect(await completed(env, 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  expect(await completed(env, 'add', 'alpha', '--dotenv', '')).toEqual([':files'])
  expect(await completed(env, 'guests', '--js')).toEqual(['--json'])
  expect(await completed(env, 'nonsense', 'x')).toEqual([])
  await guestool(['context', 'add', 'team', 'ws://127.0.0.1:1'], env)
  expect(await completed(env, '--context', '')).toEqual(['team'])
  // Its host is away: then it is the protocol's own.
  expect(await completed(env, '--context', 'team', 'info', 'mem')).toEqual(['memory'])
  expect(await completed(env, '--context', 'team', 'info', '--guest', '')).toEqual([])
})

test('help needs no host', async () => {
  const { code, out } = await guestool(['info', '--help'], environment({ GUESTOOL_URL: 'ws://127.0.0.1:1' }))
  expect(code).toBe(0)
  for (const name of protocol.info.keys()) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  const unknown = await guestool(['info', 'gpu'], environment({ GUESTOOL_URL: 'ws://127.0.0.1:1' }))
  expect(unknown).toMatchObject({ code: 3 })
})
