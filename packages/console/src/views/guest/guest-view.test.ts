import { consolePage } from '@guestool/console'
import { guestool } from '@guestool/core'
import { createGuest } from '@guestool/guest'
import { createHost } from '@guestool/server'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { executablePath, openBrowser, seen } from '../../../test/browser.mjs'
import { madeUp } from '../../../test/made-up.mjs'

const contract = guestool.extend({
  info: {
    gpu: {
      params: z.strictObject({ index: z.int().default(0) }),
      result: z.object({ name: z.string(), percent: z.number() }),
    },
  },
  action: { say: { params: z.strictObject({ text: z.string() }), result: z.null() } },
})

const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'half \uD800 a character',
  'two\nlines \u202E turned',
  'x'.repeat(10_240),
]

const processes = Array.from({ length: 2_000 }, (_, n) => ({
  pid: n + 1,
  name: hostile[n] ?? (n === 1_234 ? 'Needle' : `process ${n}`),
  age: 10_000 - n,
  cpu_stdperc: n < hostile.length ? 90 - n : 0,
  cpu_normalized: 0,
  mem: n * 4_096,
}))

/** How often the guest was asked, and what it was told to say. */
const asked = { cpu: 0, disks: 0 }
const said: string[] = []

const made = madeUp('alpha')

function counted<H>(name: keyof typeof asked, handler: H): H {
  if (typeof handler !== 'function') return handler
  const count = (...given: unknown[]): unknown => {
    asked[name]++
    return handler(...given)
  }
  return count as H
}

function startHost() {
  return createHost({ contract, page: consolePage() })
}

async function join(url: string) {
  const guest = createGuest(`${url}/join/alpha`, {
    contract,
    info: {
      ...made,
      cpu: counted('cpu', made.cpu),
      all_disk_io: counted('disks', made.all_disk_io),
      processes: () => processes,
      python_version: 'unsupported',
      gpu: ({ index }) => ({ name: `gpu ${index}`, percent: 12.5 }),
    },
    action: {
      'matcher/list': 'unsupported',
      'matcher/info': 'unsupported',
      'matcher/hack': 'unsupported',
      'matcher/remove': 'unsupported',
      say: ({ text }) => {
        said.push(text)
        return null
      },
    },
  })
  guest.bots.connected('10001')
  guest.bots.received('10001', 'GroupMessageEvent')
  await vi.waitUntil(() => guest.state === 'open', { timeout: 30_000 })
  return guest
}

describe.runIf(executablePath !== undefined)('the view of a guest', () => {
  let host: ReturnType<typeof startHost>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let guest: Awaited<ReturnType<typeof join>>
  let page: Page
  let url: string

  beforeAll(async () => {
    host = startHost()
    ;({ url } = await host.listen(0))
    guest = await join(url)
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(`${url.replace('ws', 'http')}/#/guest/alpha`)
  })

  afterAll(async () => {
    await browser?.close()
    await guest?.close()
    await host?.close()
  })

  const section = (title: string): Locator =>
    page.locator('.block', { has: page.getByRole('heading', { name: title, exact: true }) })
  const chart = (title: string): Locator =>
    page.locator('.chart', { has: page.getByRole('heading', { name: title, exact: true }) }).first()
  const points = async (title: string): Promise<number> =>
    Number(await chart(title).getAttribute('data-points'))

  test('charts get points, and move', async () => {
    await seen(chart('CPU').locator('canvas'))
    const before = await points('CPU')
    const text = await chart('CPU').locator('b').textContent()
    await expect.poll(() => points('CPU')).toBeGreaterThan(before + 1)
    await expect.poll(() => chart('CPU').locator('b').textContent()).not.toBe(text)
    for (const title of ['Load', 'Memory', 'Swap']) expect(await points(title)).toBeGreaterThan(0)
    await seen(page.locator('dd', { hasText: 'Linux-6.12.1' }))
    // What this guest does not have is said in its place.
    await seen(page.locator('dd', { hasText: 'unsupported' }))
  })

  test('disks are sampled while their rates are open, and at no other time', async () => {
    expect(asked.disks).toBe(0)
    const rates = section('Disk rates')
    await rates.locator('summary').click()
    await seen(rates.locator('canvas'))
    await seen(rates.locator('tr', { hasText: 'sda' }))
    await expect.poll(() => asked.disks).toBeGreaterThan(1)
    await rates.locator('summary').click()
    await rates.locator('canvas').waitFor({ state: 'detached' })
    const [disks, cpu] = [asked.disks, asked.cpu]
    await expect.poll(() => asked.cpu).toBeGreaterThan(cpu + 1)
    expect(asked.disks).toBe(disks)
  })

  test('all processes are on a table that sorts and searches, of which only what is seen is in the document', async () => {
    await page.getByText('All 2000 processes').click()
    const table = page.locator('.process-table')
    const pids = (): Promise<(string | null)[]> =>
      table.locator('tr[data-pid]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-pid')))
    await expect.poll(pids).toHaveLength((await pids()).length)
    expect((await pids()).slice(0, 3)).toEqual(['1', '2', '3'])
    expect((await pids()).length).toBeLessThan(100)

    await table.getByRole('button', { name: 'Memory' }).click()
    await expect.poll(async () => (await pids())[0]).toBe('2000')
    await table.getByRole('button', { name: 'Memory' }).click()
    await expect.poll(async () => (await pids())[0]).toBe('1')
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('ascending')

    await table.locator('.process-room').evaluate((room) => room.scrollTo(0, room.scrollHeight))
    await expect.poll(async () => (await pids()).at(-1)).toBe('2000')

    await table.getByRole('searchbox').fill('needle')
    await expect.poll(pids).toEqual(['1235'])
    await table.getByRole('searchbox').fill('')
  })

  test('names that are code do nothing, and long ones are cut', async () => {
    const table = page.locator('.process-table')
    await table.getByRole('button', { name: 'PID' }).click()
    await seen(table.getByText('<img src=x onerror=alert(1)>'))
    await seen(table.getByText('half \uFFFD a character'))
    await seen(table.getByText('two lines turned'))
    expect(await page.locator('.guestool').locator('img, script, iframe').count()).toBe(0)
    const texts = await page
      .locator('.guestool *')
      .evaluateAll((all) =>
        all.flatMap((one) => [
          one.getAttribute('title') ?? '',
          one.children.length === 0 ? (one.textContent ?? '') : '',
        ]),
      )
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(1_000)
    expect(browser.trouble).toEqual([])
  })

  test('an info that only the contract of the host has is in the form, and answers', async () => {
    const form = section('Ask anything')
    await form.locator('summary').first().click()
    await form.getByLabel('Operation').selectOption('gpu')
    await form.getByLabel('index').fill('1.5')
    await form.getByRole('button', { name: 'Ask' }).click()
    await seen(form.getByText('This must be a whole number.'))
    await form.getByLabel('index').fill('7')
    await form.getByRole('button', { name: 'Ask' }).click()
    await seen(form.locator('.json', { hasText: 'gpu 7' }))
    await seen(form.locator('.json', { hasText: 'percent: 12.5' }))
  })

  test('an action is confirmed first, and a refusal is shown with its code', async () => {
    const form = section('Ask anything')
    await form.getByLabel('Operation').selectOption('say')
    await form.getByLabel('text').fill('hello')
    await form.getByRole('button', { name: 'Run …' }).click()
    await seen(form.getByText('This may change guest alpha. Run say?'))
    expect(said).toEqual([])
    await form.getByRole('button', { name: 'Run it' }).click()
    await expect.poll(() => said).toEqual(['hello'])

    await form.getByLabel('Operation').selectOption('matcher/list')
    await form.getByRole('button', { name: 'Run …' }).click()
    await form.getByRole('button', { name: 'Run it' }).click()
    await seen(form.locator('.refusal[data-code=unsupported]'))
    await seen(form.getByText('The guest knows this, and does not have it.'))
  })

  test('a guest that leaves is shown to be gone, and goes on when it is back', async () => {
    await guest.close()
    await seen(page.locator('.guest[data-state=gone] .banner'))
    const before = await points('CPU')
    guest = await join(url)
    await seen(page.locator('.guest[data-state=alive]'))
    await expect.poll(() => points('CPU')).toBeGreaterThan(before + 1)
    expect(await page.locator('.banner').count()).toBe(0)
  })

  test('nobody is asked while the page is hidden, and it goes on when it is shown', async () => {
    const hidden = await browser.page()
    await hidden.clock.install()
    await hidden.goto(`${url.replace('ws', 'http')}/#/guest/alpha`)
    await hidden.locator('canvas').first().waitFor()
    await page.close()
    const show = (state: string): Promise<void> =>
      hidden.evaluate((visibility) => {
        Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await show('hidden')
    // A question that was on its way is answered meanwhile.
    await expect.poll(() => host.guest('alpha')?.info('bots')).toEqual(['10001'])
    const { cpu } = asked
    for (let minute = 0; minute < 10; minute++) await hidden.clock.fastForward(60_000)
    await expect.poll(() => host.guest('alpha')?.info('bots')).toEqual(['10001'])
    // The host itself takes one a minute of its own.
    expect(asked.cpu - cpu).toBeLessThan(3)
    await show('visible')
    await expect.poll(() => asked.cpu).toBeGreaterThan(cpu)
  })
})
