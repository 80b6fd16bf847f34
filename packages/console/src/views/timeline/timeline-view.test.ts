import { createGuest } from '@guestool/guest'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { executablePath, openBrowser, seen } from '../../../test/browser.mjs'
import { madeUp } from '../../../test/made-up.mjs'
import { startStage } from '../../../test/stage.mjs'

describe.runIf(executablePath !== undefined)('the timeline', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page

  beforeAll(async () => {
    stage = await startStage()
    await stage.add('alpha')
    await stage.add('beta')
    const another = createGuest(`${stage.url.replace('http', 'ws')}join/alpha`, {
      info: madeUp('alpha'),
      action: 'unsupported',
    })
    await vi.waitUntil(() => another.state === 'closed', { timeout: 30_000 })
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(`${stage.url}#/timeline`)
  })

  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  const entry = (what: string, guest: string): Locator =>
    page.locator(`.entry[data-what=${what}]`, { hasText: guest })
  const whats = (): Promise<(string | null)[]> =>
    page.locator('.entry').evaluateAll((all) => all.map((one) => one.getAttribute('data-what')))

  test('has what happened before it was opened, and what happens while it is, the newest first', async () => {
    await seen(entry('joined', 'alpha'))
    await seen(entry('joined', 'beta'))
    await seen(entry('refused', 'alpha').getByText('close code 4409'))
    await stage.remove('beta')
    await seen(entry('left', 'beta').getByText('close code 1000'))
    await stage.add('gamma')
    await seen(entry('joined', 'gamma'))
    expect(await whats()).toEqual(['joined', 'left', 'refused', 'joined', 'joined'])
  })

  test('is narrowed down by what happened and by a text', async () => {
    await page.getByLabel('What happened').selectOption('left')
    await expect.poll(whats).toEqual(['left'])
    await page.getByLabel('What happened').selectOption('')
    await page.getByRole('searchbox').fill('GAMM')
    await expect.poll(whats).toEqual(['joined'])
    await page.getByRole('searchbox').fill('nobody')
    await seen(page.getByText('Nothing fits.'))
    await page.getByRole('searchbox').fill('')
  })

  test('has a page, and what is older when it is asked for', async () => {
    for (let n = 0; n < 55; n++) {
      await stage.add('delta')
      await stage.remove('delta')
    }
    await page.reload()
    await seen(entry('left', 'delta').first())
    expect(await whats()).toHaveLength(100)
    await page.getByRole('button', { name: 'Older' }).click()
    await seen(page.getByText('This is all that the host remembers.'))
    expect(await whats()).toHaveLength(115)
    await page.getByRole('searchbox').fill('gamma')
  })

  test('of one guest is in its view', async () => {
    await entry('joined', 'gamma').getByRole('link').click()
    // What comes above it moves it.
    await seen(page.getByText('All 90 processes'))
    await page.getByText('Timeline of this guest').click()
    await seen(entry('joined', 'gamma'))
    expect(await whats()).toEqual(['joined'])
    expect(browser.trouble).toEqual([])
  })
})
