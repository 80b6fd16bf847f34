import { limits, webSocketDial } from '@guestool/core'
import { createGuest, type Guest } from '@guestool/guest'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { madeUp } from '../test/made-up.mjs'
import { startStage } from '../test/stage.mjs'

const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script><svg onload=alert(1)>',
  'javascript:alert(1)',
  'half \uD800 a character \uDFFF',
  'turned \u202E round \u2066 and \u200F round',
  'two\nlines\u0000\u001B[31m',
  '__proto__',
  'constructor',
  'z\u0301\u0302\u0303'.repeat(200),
  'x'.repeat(10_240),
]
/** Such an id is as good as any. */
const ids = ['__proto__', 'constructor', 'toString']

const byName = <T>(value: T): Record<string, T> =>
  Object.fromEntries([...hostile, 'other'].map((name) => [name, value]))
const usage = { total: 8, available: 4, used: 4, percent: 50 }
const infos = {
  python_version: () => ({
    version_string: hostile.join(' '),
    version_info: { major: 3, minor: 12, micro: 7, release_level: hostile[0]!, serial: 0 },
  }),
  system_platform: () => ({
    summary: hostile[0]!,
    system: hostile[1]!,
    release: hostile[4]!,
    cpuarch: hostile[9]!,
  }),
  all_partitions: () =>
    hostile.map((name) => ({ device: name, mountpoint: name, filesystem: name, usage, error: null })),
  all_disk_io: () => hostile.map((device) => ({ device, read_bytes: 1, write_bytes: 2 })),
  all_network_io: () => hostile.map((device) => ({ device, sent_bytes: 1, recv_bytes: 2 })),
  processes: () =>
    hostile.map((name, n) => ({ pid: n, name, age: 1, cpu_stdperc: n, cpu_normalized: 0, mem: 1 })),
  // A guest of one's own would not take all of them; others may say what they like.
  bots: () => hostile,
  bots_connect_time: () => byName(1_790_000_000),
  recv_events: () => byName(byName(1)),
  apicall: () => byName(byName(2)),
  memory: () => {
    throw new Error(hostile.join(' '))
  },
}

describe.runIf(executablePath !== undefined)('names that mean harm', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let rude: Guest

  beforeAll(async () => {
    stage = await startStage()
    for (const id of ids) {
      await stage.add(id, { ...madeUp(id), ...infos })
    }
    // One that says so when it leaves.
    const sockets: WebSocket[] = []
    class Kept extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given)
        sockets.push(this)
      }
    }
    const url = `${stage.url.replace('http', 'ws')}join/rude`
    rude = createGuest(url, {
      info: madeUp('rude'),
      action: 'unsupported',
      dial: webSocketDial(Kept, { url, maxPayload: limits.maxPayload }),
      backoff: { base: 1e9, cap: 1e9 },
    })
    await vi.waitUntil(() => rude.state === 'open', { timeout: 30_000 })
    sockets[0]!.close(4000, `${hostile[0]} \u202E round`)
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(stage.url)
  })

  afterAll(async () => {
    await browser?.close()
    await rude?.close()
    await stage?.close()
  })

  /** Nothing of it is anything but text, short and in the direction of the page. */
  async function isHarmless(most = 2_000): Promise<void> {
    const found = await page.evaluate(() => {
      const shown = document.querySelector('.guestool')!
      const texts: string[] = []
      for (const one of shown.querySelectorAll('*')) {
        for (const { value } of one.attributes) texts.push(value)
        for (const node of one.childNodes)
          if (node.nodeType === Node.TEXT_NODE) texts.push(node.nodeValue ?? '')
      }
      return {
        elements: shown.querySelectorAll('img, script, iframe, object, [onerror], [onload]').length,
        longest: Math.max(...texts.filter((text) => !text.startsWith('M')).map(({ length }) => length)),
        turned: texts.filter((text) => /[\u202A-\u202E\u2066-\u2069]|(?!\n)\p{Cc}/u.test(text)),
        broken: texts.filter((text) => /\p{Surrogate}/u.test(text)),
        links: [...shown.querySelectorAll('a')]
          .map((a) => a.getAttribute('href'))
          .filter((href) => !href?.startsWith('#')),
        wider: document.documentElement.scrollWidth - innerWidth,
      }
    })
    expect(found).toEqual({
      elements: 0,
      longest: expect.any(Number),
      turned: [],
      broken: [],
      links: [],
      wider: 0,
    })
    expect(found.longest).toBeLessThan(most)
  }

  test('in the fleet', async () => {
    for (const id of ids) await seen(page.getByRole('link', { name: id, exact: true }))
    await seen(page.locator('.fleet-row[data-id=rude]').getByText('Gone'))
    const bots = page.getByRole('button', { name: 'Bots of __proto__' })
    await bots.click()
    await seen(page.locator('.fleet-bot').getByText('<img src=x onerror=alert(1)>'))
    await isHarmless()
  })

  test('of a guest, with all that can be opened', async () => {
    await page.getByRole('link', { name: '__proto__', exact: true }).click()
    await seen(page.locator('.chart canvas').first())
    await page.locator('.guest details').evaluateAll((all) => {
      for (const one of all as HTMLDetailsElement[]) one.open = true
    })
    await seen(page.locator('.process-table tr[data-pid="0"]'))
    await page
      .getByText(/^All \d+ processes/)
      .first()
      .waitFor()
    await page.locator('.guest details:not([open])').evaluateAll((all) => {
      for (const one of all as HTMLDetailsElement[]) one.open = true
    })
    await seen(page.locator('.guest').getByText('__proto__').nth(3))
    await isHarmless()
  })

  test('on the timeline and on the wire', async () => {
    await page.getByRole('link', { name: 'Wire' }).click()
    await seen(page.locator('.wire'))
    await page.goto(`${stage.url}#/guest/constructor`)
    await seen(page.locator('.chart canvas').first())
    await page.getByRole('link', { name: 'Timeline' }).click()
    await seen(page.locator('.entry', { hasText: 'rude' }).getByText('<img src=x onerror=alert(1)>').first())
    await isHarmless()
    await page.getByRole('link', { name: 'Wire' }).click()
    for (const operation of ['processes', 'memory', 'python_version']) {
      const row = page
        .locator('.wire-row', { hasText: `info ${operation}` })
        .filter({ hasText: '←' })
        .first()
      await row.click()
      await seen(page.locator('.wire-detail pre').first())
      // A frame is shown as it passed.
      await isHarmless(50_000)
    }
  })

  test('in the location', async () => {
    for (const name of [
      '<img src=x onerror=alert(1)>',
      '%',
      '%E0%A4%A',
      '__proto__/x',
      '*',
      'x'.repeat(10_000),
    ]) {
      await page.goto(`${stage.url}#/guest/${name}`)
      await seen(page.locator('#content > *').first())
      await isHarmless()
    }
  })

  test('did nothing', () => {
    expect(browser.trouble).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
