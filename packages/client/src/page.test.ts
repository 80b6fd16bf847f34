import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuest } from '@guestool/guest'
import { createHost } from '@guestool/server'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumArgs, findChromium } from '../../../.ci/chromium.mjs'
import { answers } from '../../guest/test/answers.js'
import { bundle } from '../bundle.mjs'

// Pages as they are out there: on plain http, and under a Content-Security-Policy. The client comes in one file.

const executablePath = findChromium() ?? ''
const policy = "default-src 'none'; script-src 'self'; connect-src ws://127.0.0.1:*"
const page = `<!doctype html><title>page</title>
<script src="/violations.js"></script><script type="module" src="/ask.js"></script>`
const violations = `
  window.violations = []
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
`
/** What zod does to find out whether it may compile its checks. */
const evaluating = `try { new Function('') } catch {}`
// The page itself imports the client and asks: what a test evaluates in a page may do more than the page.
const asking = `
  window.asked = (async () => {
    const { createClient } = await import('/guestool.js')
    const client = createClient('ws://127.0.0.1:' + location.port + '/guests/alpha')
    const { cpu_percent } = await client.info('cpu', 0.5)
    const { length } = await client.info('processes')
    const refused = await client.action('matcher/list').catch(({ code }) => code)
    await client.close()
    return { cpu_percent, length, refused, state: client.state }
  })()
`
const asked = { cpu_percent: 12.5, length: 1, refused: 'unsupported', state: 'closed' }

const cleanups: (() => unknown)[] = []
let browser: Browser
let port: number

beforeAll(async () => {
  if (executablePath === '') return
  const { code } = await bundle({ from: 'src' })
  const files = new Map([
    ['/', ['text/html', page]],
    ['/violations.js', ['text/javascript', violations]],
    ['/eval.js', ['text/javascript', evaluating]],
    ['/ask.js', ['text/javascript', asking]],
    ['/guestool.js', ['text/javascript', code]],
  ])
  const server = createServer(({ url = '', headers }, response) => {
    const [type = 'text/plain', body = ''] = files.get(url) ?? []
    const strict = headers.host?.startsWith('strict.') === true
    response.writeHead(body === '' ? 204 : 200, {
      'content-type': type,
      ...(strict ? { 'content-security-policy': policy } : {}),
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  const host = createHost({
    origins: [`http://guestool.test:${port}`, `http://strict.guestool.test:${port}`],
  })
  host.attach(server)
  const guest = createGuest(`ws://127.0.0.1:${port}/join/alpha`, { info: answers, action: 'unsupported' })
  await new Promise<void>((resolve) => host.on('guest', () => resolve()))
  browser = await chromium.launch({
    executablePath,
    args: [...chromiumArgs, '--host-resolver-rules=MAP *.test 127.0.0.1'],
  })
  cleanups.push(
    () => server.close(),
    () => host.close(),
    () => guest.close(),
    () => browser.close(),
  )
})

afterAll(async () => {
  for (const clean of cleanups.toReversed()) await clean()
})

/** A page, and what went wrong in it. */
async function open(name: string): Promise<{ tab: Page; errors: string[] }> {
  const tab = await browser.newPage()
  const errors: string[] = []
  tab.on('pageerror', ({ message }) => errors.push(message))
  tab.on('console', (message) => errors.push(message.text()))
  await tab.goto(`http://${name}:${port}/`)
  return { tab, errors }
}

describe.runIf(executablePath)('on a page', () => {
  test('of plain http, where crypto.randomUUID is missing, the client asks', async () => {
    const { tab, errors } = await open('guestool.test')
    expect(await tab.evaluate('[isSecureContext, typeof crypto.randomUUID]')).toEqual([false, 'undefined'])
    expect(await tab.evaluate('asked')).toEqual(asked)
    expect(errors).toEqual([])
  })

  test('under a Content-Security-Policy without unsafe-eval nothing is violated', async () => {
    const { tab, errors } = await open('strict.guestool.test')
    expect(await tab.evaluate('asked')).toEqual(asked)
    expect(await tab.evaluate('violations')).toEqual([])
    expect(errors).toEqual([])
    // The page would have told.
    await tab.evaluate(() => {
      const script = document.createElement('script')
      script.src = '/eval.js'
      document.head.append(script)
      return new Promise((resolve) => script.addEventListener('load', resolve))
    })
    expect(await tab.evaluate('violations')).toEqual(['script-src'])
  })
})
