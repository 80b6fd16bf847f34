import { createHub } from '@guestool/client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser } from '../../../test/browser.mjs'
import { startPast } from '../../../test/past.mjs'
import { startStage } from '../../../test/stage.mjs'

describe.runIf(executablePath)('the fleet', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let stage: Awaited<ReturnType<typeof startStage>>
  let page: Page

  beforeAll(async () => {
    stage = await startStage({ guests: 200, real: true })
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(stage.url)
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  const row = (id: string) => page.locator(`[data-id="${id}"]`)
  const ids = () => page.locator('.fleet-row').evaluateAll((rows) => rows.map((each) => each.dataset['id']))
  const show = (name: RegExp) => page.getByRole('button', { name })
  const filter = () => page.getByRole('searchbox')

  test('fills with all guests, and only those that can be seen are there', async () => {
    await show(/^All 201/).waitFor()
    expect((await ids()).slice(0, 3)).toEqual(['bot-001', 'bot-002', 'bot-003'])
    expect((await ids()).length).toBeLessThan(60)
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await row('this-machine').waitFor()
    expect(await row('bot-001').count()).toBe(0)
    await page.evaluate(() => scrollTo(0, 0))
    await row('bot-001').waitFor()
  })

  test('a guest that joins and leaves does so live, worst first, and is counted in the title', async () => {
    expect(await page.title()).toBe('GuesTool')
    await stage.add('zed')
    await show(/^All 202/).waitFor()
    await stage.remove('zed')
    await expect.poll(ids).toContain('zed')
    expect((await ids())[0]).toBe('zed')
    await row('zed').getByText('Gone').waitFor()
    expect(await page.title()).toBe('(1) GuesTool')
    const icon = await page.locator('link[rel~="icon"]').getAttribute('href')
    expect(decodeURIComponent(icon ?? '')).toContain('>1</text>')
    await show(/^Gone 1/).click()
    await expect.poll(ids).toEqual(['zed'])
    await show(/^All/).click()
    await stage.add('zed')
    await expect.poll(() => page.title()).toBe('GuesTool')
  })

  test('is filtered, sorted and walked through by keys alone', async () => {
    await page.locator('body').press('/')
    await page.keyboard.type('bot-19')
    await expect.poll(async () => (await ids()).length).toBe(10)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('bot-191')
    await page.keyboard.press('End')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('bot-199')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toContain('#/guest/bot-199')
    await page.getByRole('heading', { name: 'bot-199' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).toMatch(/#\/$/)
    await expect.poll(() => filter().inputValue()).toBe('bot-19')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('bot-199')
    await filter().focus()
    await page.keyboard.press('Escape')
    await expect.poll(() => filter().inputValue()).toBe('')
    // To a guest that is far below what is drawn.
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('bot-001')
    await page.keyboard.press('End')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('zed')
    // Back from there one is where one was.
    const scrolled = () => page.evaluate(() => scrollY)
    await expect.poll(scrolled).toBeGreaterThan(1_000)
    const before = await scrolled()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'zed' }).waitFor()
    expect(await scrolled()).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('zed')
    expect(await scrolled()).toBe(before)
    await page.keyboard.press('Home')
    await page.getByRole('columnheader').getByRole('button', { name: 'Guest' }).click()
    await page.getByRole('columnheader').getByRole('button', { name: 'Guest' }).click()
    await expect.poll(async () => (await ids())[0]).toBe('zed')
    await page.getByRole('columnheader').getByRole('button', { name: 'State' }).click()
  })

  test('is grouped by machine', async () => {
    await page.getByRole('button', { name: 'By machine' }).click()
    await page.getByText('127.0.0.1').first().waitFor()
    await page.getByText('202 guests').waitFor()
    await page.getByRole('button', { name: 'By machine' }).click()
  })

  test('a guest is removed after a question, and Escape is no', async () => {
    await stage.add('aaa')
    await row('aaa').hover()
    await row('aaa').getByRole('button', { name: 'Remove aaa' }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await row('aaa').count()).toBe(1)
    await stage.remove('aaa')
  })

  test('the host goes and comes back, and the page with it', async () => {
    await stage.stop()
    await page.getByText('Connection lost').waitFor()
    await page.getByText('Is the host running?').waitFor()
    expect(await page.title()).toBe('… GuesTool')
    await stage.start()
    await page.getByText('Connected', { exact: true }).waitFor()
    await show(/^All 202/).waitFor()
    await expect.poll(() => page.title()).toBe('GuesTool')
  })

  test('a phone has cards, a dark one is dark, and nothing is wider than it', async () => {
    const phone = await browser.page({
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
      locale: 'zh-CN',
    })
    await phone.goto(stage.url)
    await phone.locator('[data-id="bot-001"]').waitFor()
    const { width, theme, language } = await phone.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      theme: document.querySelector('.guestool')?.getAttribute('data-theme'),
      language: document.querySelector('.guestool')?.getAttribute('lang'),
    }))
    expect({ width, theme, language }).toEqual({ width: 360, theme: 'dark', language: 'zh' })
    await phone.getByRole('button', { name: 'English' }).click()
    await phone.getByRole('button', { name: 'Light theme' }).click()
    await phone.reload()
    await phone.getByRole('link', { name: 'Fleet' }).waitFor()
    expect(await phone.locator('.guestool').getAttribute('data-theme')).toBe('light')
  })

  test.each([380, 700, 961, 1_100, 1_217, 1_600])('nothing is cut off at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    await row('bot-001').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  })

  test('what the hub samples is shown: bots, whatever they are called, cpu and memory, now and before', async () => {
    const past = startPast(30)
    const sampled = await startStage({ clock: past.clock })
    const hostile = ['<img src=x onerror=alert(1)>', 'half \uD800', 'turned \u202E', 'x'.repeat(10_240)]
    try {
      const { bots } = await sampled.add('alpha')
      for (const name of hostile) bots.connected(name)
      await past.live((minute) => {
        if (minute === 5) bots.disconnected('turned \u202E')
        for (let n = 0; n < 40; n++) bots.received('half \uD800', 'MessageEvent')
      })
      const view = await browser.page()
      await view.goto(sampled.url)
      const alpha = view.locator('[data-id="alpha"]')
      await alpha.getByText('Bot departed').waitFor()
      expect(await alpha.locator('.fleet-events').textContent()).toMatch(/^\d+$/)
      expect(await alpha.locator('.fleet-cpu .fleet-now').textContent()).toMatch(/\d\s%/)
      await expect.poll(() => alpha.locator('.spark-line').first().getAttribute('d')).toMatch(/^M.*L/)
      await alpha.getByRole('button', { name: 'Bots of alpha' }).click()
      await view.getByText('<img src=x onerror=alert(1)>').waitFor()
      const names = await view.locator('.fleet-bot .name').allTextContents()
      expect(Math.max(...names.map((name) => name.length))).toBeLessThan(50)
      expect(names.join('')).not.toMatch(/[\uD800\u202E]/)
      expect(await view.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      // Nothing of a guest that is gone is online.
      await sampled.remove('alpha')
      await alpha.getByText('Gone').waitFor()
      await alpha.locator('.fleet-bot', { hasText: 'was online' }).first().waitFor()
      expect(await alpha.locator('.fleet-bots .badge-good, .fleet-bot .badge-good').count()).toBe(0)
    } finally {
      past.stop()
      await sampled.close()
    }
  })

  test('what guests measure is there with the list, and soon after one joined', async () => {
    const hub = createHub(stage.url)
    const sampled = (id: string) =>
      expect.poll(async () => (await hub.info('vitals', { guests: id }))[0]?.ts ?? null).not.toBe(null)
    await sampled('bot-002')
    // The page asks every half a minute, too: its time stands still, but for what is given to it here.
    const view = await browser.page()
    const now = Date.now()
    await view.clock.install({ time: now })
    await view.clock.pauseAt(now + 1_000)
    const shows = async (id: string, ms: number) => {
      await view.clock.runFor(ms)
      const value = view.locator(`[data-id="${id}"]`).getByText(/\d\s?%/)
      const drawn = async () => {
        await view.clock.runFor(16)
        return value.count()
      }
      await expect.poll(drawn).toBeGreaterThan(0)
    }
    await view.goto(stage.url)
    await shows('bot-002', 0)
    await stage.add('aab')
    await sampled('aab')
    await shows('aab', 8_000)
    await hub.close()
    await view.context().close()
  })

  test('all of this broke no rule of the page, and told no error', () => {
    expect(browser.trouble.filter((text) => !/^WebSocket connection to .* failed/.test(text))).toEqual([])
  })
})
