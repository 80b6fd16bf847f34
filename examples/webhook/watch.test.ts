import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createHub } from '@guestool/client'
import { createGuest, type Guest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { systemClock, type Clock } from '@guestool/core'
import { createHost, tokens, type Host, type HostOptions } from '@guestool/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run } from '../running.js'
import { tokenFile } from '../tokens.js'

// Programs start slowly on a busy machine, and a trouble has to last.
vi.setConfig({ testTimeout: 60_000 })

/** A webhook that answers with these statuses first, then 204; what it took, by the words of each. */
async function receiver(...statuses: number[]) {
  const bodies: { id: string; text: string; event: string; guest?: string }[] = []
  const refused: number[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await json(request)) as (typeof bodies)[number]
    const status = statuses.shift() ?? 204
    if (status === 204) bodies.push(body)
    else refused.push(status)
    response.writeHead(status).end()
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const texts = () => bodies.map(({ text }) => text.replace(/\d+ s$/, 'N s'))
  return { url: `http://127.0.0.1:${port}/hook`, bodies, refused, texts }
}

async function hostOn(
  port: number,
  options?: HostOptions,
): Promise<{ host: Host; url: string; port: number }> {
  const host = createHost(options)
  onTestFinished(() => host.close())
  return { host, ...(await host.listen(port)) }
}

function join(url: string, id: string): Guest {
  const options = { info: systemInfo(), action: 'unsupported', backoff: { base: 50, cap: 100 } } as const
  const guest = createGuest(`${url}/join/${id}`, options)
  onTestFinished(() => guest.close())
  return guest
}

const watching = (...args: string[]) => run(import.meta.url, 'watch.mjs', ...args)

test('a guest that goes and comes back, over a webhook that fails at first, and over a restart of the host', async () => {
  const hook = await receiver(503)
  const { host, url, port } = await hostOn(0)
  const names = ['alpha', 'beta', 'gamma']
  const guests = names.map((id) => join(url, id))
  await expect.poll(() => host.guests.length).toBe(3)
  const watch = watching(url, '--webhook', hook.url, '--after', '2')
  await watch.sees(/Watching 3 guests/)
  await guests[0]?.close()
  const alpha = 'guest alpha: gone for N s'
  await expect.poll(hook.texts, { timeout: 20_000 }).toEqual([alpha])
  expect(hook.refused).toEqual([503])
  join(url, 'alpha')
  const back = 'guest alpha: well again after N s'
  await expect.poll(hook.texts, { timeout: 20_000 }).toEqual([alpha, back])

  await host.close()
  const lost = `host 127.0.0.1:${port}: unreachable for N s`
  await expect.poll(hook.texts, { timeout: 30_000 }).toEqual([alpha, back, lost])
  const again = await hostOn(port)
  await expect.poll(() => again.host.guests.length, { timeout: 20_000 }).toBe(3)
  const found = `host 127.0.0.1:${port}: well again after N s`
  await expect.poll(hook.texts, { timeout: 40_000 }).toEqual([alpha, back, lost, found])
  expect(new Set(hook.bodies.map(({ id }) => id)).size).toBe(4)
})

test('a bot that departed, of a guest that is well', async () => {
  const hook = await receiver()
  // A host looks at bots once a minute, which is six seconds here.
  const clock: Clock = {
    now: () => systemClock.now() * 10,
    wall: () => systemClock.wall() * 10,
    setTimer: (callback, ms) => systemClock.setTimer(callback, ms / 10),
  }
  const { url } = await hostOn(0, { clock })
  const alpha = join(url, 'alpha')
  alpha.bots.connected('@everyone')
  const hub = createHub(url)
  onTestFinished(() => hub.close())
  const bots = async () => (await hub.info('vitals')).flatMap((each) => each.bots.map(({ state }) => state))
  await expect.poll(bots, { timeout: 20_000 }).toEqual(['online'])
  const watch = watching(url, '--webhook', hook.url, '--after', '0.5')
  await watch.sees(/Watching 1 guest/)
  alpha.bots.disconnected('@everyone')
  await expect
    .poll(hook.texts, { timeout: 40_000 })
    .toEqual(['bot ?everyone of guest alpha: departed for N s'])
})

test('a host that refuses it is told of at once, and ends it', async () => {
  const hook = await receiver()
  const keys = await tokenFile()
  const host = createHost({ authenticate: tokens(keys.file).authenticate })
  onTestFinished(() => host.close())
  const { url } = await host.listen(0)
  const watch = watching(url, '--webhook', hook.url)
  expect(await watch.exit).toEqual({ code: 1, signal: null })
  expect(hook.texts()).toEqual([expect.stringMatching(/^host .*: refusing for N s$/)])
})

test('a webhook that does not want it is not asked again', async () => {
  const hook = await receiver(404)
  const watch = watching('ws://127.0.0.1:9', '--webhook', hook.url, '--after', '0.1')
  await watch.sees(/unreachable for/)
  await watch.sees(/webhook: 404/)
  expect(hook.texts()).toEqual([])
})

test('without a webhook it says what it needs', async () => {
  const watch = watching('ws://127.0.0.1:9')
  expect(await watch.exit).toEqual({ code: 2, signal: null })
  expect(watch.output).toMatch(/--webhook https/)
})
