import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { Running } from '../running.js'
import { nginx, startBoth } from './kit.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** A program of examples/minimal. */
function minimal(script: string, url: string, env: NodeJS.ProcessEnv): Running {
  const path = fileURLToPath(new URL(`../minimal/${script}`, import.meta.url))
  return new Running(process.execPath, [path, url], env)
}

// Elsewhere, 127.0.0.2 and the like are no addresses of this machine.
const manyAddresses = process.platform === 'linux'

describe.runIf(nginx)('behind nginx', () => {
  test('a guest and a console that know nothing but a URL, by TLS and below a path', async () => {
    const { host, tokens, urlOf, env } = await startBoth()
    expect(host.output).toMatch(/guests join at wss:\/\/127\.0\.0\.1:\d+\/guestool\/join/)
    const guest = minimal('guest.mjs', `${urlOf('alpha', tokens.alpha)}/join/alpha`, env)
    await guest.sees(/guest: open/)
    const console = minimal('console.mjs', `${urlOf('anna', tokens.console)}/guests/alpha`, env)
    const [, total] = await console.sees(/memory: \d+ of (\d+) bytes/)
    expect(Number(total)).toBe(totalmem())
    expect(await console.exit).toEqual({ code: 0, signal: null })
  })

  test('refusals are close codes there, too', async () => {
    const { tokens, dial } = await startBoth()
    expect(await dial('/join/alpha').outcome).toMatchObject({ code: 4401 })
    expect(await dial('/join/beta', { token: tokens.alpha }).outcome).toMatchObject({ code: 4403 })
    expect(await dial('/guests/alpha', { token: tokens.alpha }).outcome).toMatchObject({ code: 4403 })
    expect(await dial('/nowhere', { token: tokens.alpha }).outcome).toMatchObject({ code: 4404 })
    // nginx hands the path on as it came: decoded, this would be an id.
    expect(await dial('/join/%61lpha', { token: tokens.alpha }).outcome).toMatchObject({ code: 4400 })
  })

  test('a page of the public origin may connect, another one may not', async () => {
    const { url, tokens, dial } = await startBoth()
    const { origin } = new URL(url.replace('wss:', 'https:'))
    const token = tokens.console
    expect(await dial('/guests/alpha', { token, headers: { origin } }).outcome).toBe('open')
    await expect(
      dial('/guests/alpha', { token, headers: { origin: 'https://evil.example' } }).outcome,
    ).rejects.toThrow(/403/)
  })

  test.runIf(manyAddresses)('the eleventh failed attempt locks out its address and nobody else', async () => {
    const { tokens, dial } = await startBoth()
    const attacker = '127.0.0.2'
    for (let i = 0; i < 10; i++) {
      const { outcome } = dial('/join/alpha', { from: attacker, token: `guess${i}` })
      expect(await outcome).toMatchObject({ code: 4401 })
    }
    const right = { token: tokens.alpha }
    expect(await dial('/join/alpha', { from: attacker, ...right }).outcome).toMatchObject({ code: 4429 })
    // Nobody gets around it by saying that it is somebody else: a stranger, nginx, or its victim.
    for (const claimed of ['127.0.0.9', '127.0.0.1', '127.0.0.3', 'unknown', '127.0.0.3, 127.0.0.1']) {
      const forged = { from: attacker, headers: { 'x-forwarded-for': claimed }, ...right }
      expect(await dial('/join/alpha', forged).outcome).toMatchObject({ code: 4429 })
    }
    expect(await dial('/join/alpha', { from: '127.0.0.3', ...right }).outcome).toBe('open')
  })

  test.runIf(manyAddresses)('nobody can lock out another address by saying that it is it', async () => {
    const { tokens, dial } = await startBoth()
    const forged = { from: '127.0.0.2', headers: { 'x-forwarded-for': '127.0.0.3' } }
    for (let i = 0; i < 10; i++)
      expect(await dial('/join/alpha', { token: `guess${i}`, ...forged }).outcome).toMatchObject({
        code: 4401,
      })
    expect(await dial('/join/alpha', { token: 'guess', ...forged }).outcome).toMatchObject({ code: 4429 })
    expect(await dial('/join/alpha', { from: '127.0.0.3', token: tokens.alpha }).outcome).toBe('open')
  })

  test('no token gets into a log of nginx, also when the host is away', async () => {
    const { host, tokens, dial, logs } = await startBoth()
    expect(await dial(`/join/alpha?token=${tokens.alpha}`).outcome).toBe('open')
    host.signal('SIGTERM')
    expect(await host.exit).toEqual({ code: 0, signal: null })
    await expect(dial(`/join/alpha?token=${tokens.alpha}`).outcome).rejects.toThrow(/502/)
    await vi.waitFor(() => expect(logs().access).toMatch(/"GET \/guestool\/join\/alpha HTTP\/1\.1" 502/))
    expect(logs().access).toMatch(/^127\.0\.0\.1 \[.*"GET \/guestool\/join\/alpha HTTP\/1\.1" 101/m)
    expect(JSON.stringify(logs())).not.toContain(tokens.alpha)
  })
})
