import { totalmem } from 'node:os'
import { createClient, isGuestoolError, type Client, type ClientOptions } from '@guestool/client'
import { createGuest, type Guest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run } from './running.js'
import { tokenFile } from './tokens.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

function guest(url: string, token: string): Guest {
  const made = createGuest(url, { info: systemInfo(), action: 'unsupported', token })
  onTestFinished(() => made.close())
  return made
}

function client(url: string, options?: ClientOptions): Client {
  const made = createClient(url, options)
  onTestFinished(() => made.close())
  return made
}

function reaches(party: Guest, state: Guest['state']): Promise<void> {
  return new Promise((resolve) => {
    party.on('state', (now) => now === state && resolve())
    if (party.state === state) resolve()
  })
}

/** Why a call failed: by which close code, when it was by one. */
async function refusalOf(call: Promise<unknown>): Promise<number | undefined> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isGuestoolError(error)) throw new Error(`not refused: ${String(error)}`)
  return error.closeCode
}

async function fetched(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url)
  return { status: response.status, body: await response.json() }
}

/** What must hold of an app that has a host beside its own routes, on one port: `server.mjs` beside the test. */
export function attachedApp(beside: string): void {
  const start = async () => {
    const tokens = await tokenFile()
    const app = run(beside, 'server.mjs', '0', tokens.file)
    const { host } = await app.address()
    return { app, tokens, http: `http://${host}`, ws: `ws://${host}` }
  }

  test('routes of the app, a guest and a console, on one port', async () => {
    const { tokens, http, ws } = await start()
    expect(await fetched(`${http}/api/guests`)).toEqual({ status: 200, body: [] })
    expect(await fetched(`${http}/api/guests/alpha/memory`)).toMatchObject({ status: 404 })

    await reaches(guest(`${ws}/join/alpha`, tokens.alpha), 'open')
    expect(await fetched(`${http}/api/guests`)).toEqual({
      status: 200,
      body: [{ id: 'alpha', state: 'alive' }],
    })
    expect(await fetched(`${http}/api/guests/alpha/memory`)).toMatchObject({
      status: 200,
      body: { mem: { total: totalmem() } },
    })
    const asked = await client(`${ws}/guests/alpha`, { token: tokens.console }).info('memory')
    expect(asked.mem.total).toBe(totalmem())
  })

  test('nobody gets in without a token, nor by another path', async () => {
    const { tokens, http, ws } = await start()
    expect(await refusalOf(client(`${ws}/guests/alpha`).info('memory'))).toBe(4401)
    expect(await refusalOf(client(`${ws}/guests/alpha`, { token: tokens.alpha }).info('memory'))).toBe(4403)
    expect(
      await refusalOf(client(`${ws}/nowhere/guests/alpha`, { token: tokens.console }).info('memory')),
    ).toBe(4404)
    expect((await fetch(`${http}/nowhere`)).status).toBe(404)
    expect((await fetch(`${http}/join/alpha`)).status).toBe(404)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: says goodbye to guests and ends by itself',
    async (signal) => {
      const { app, tokens, ws } = await start()
      const alpha = guest(`${ws}/join/alpha`, tokens.alpha)
      await reaches(alpha, 'open')
      const reconnecting = reaches(alpha, 'reconnecting')
      app.signal(signal)
      await reconnecting
      expect(await app.exit).toEqual({ code: 0, signal: null })
    },
  )
}
