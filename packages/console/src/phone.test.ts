import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

/** As long as one can be. */
const long = 'a-very-long-name'.repeat(4)

/** What sticks out at the right, but may be scrolled in a room of its own. */
const wider = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const all = [...document.querySelectorAll('.guestool *')]
    const out = all.filter((one) => one.getBoundingClientRect().right > width + 0.5)
    return [
      `${document.documentElement.scrollWidth} px`,
      ...out.map((one) => `${one.tagName} ${one.className}`),
    ]
  })

describe.runIf(executablePath !== undefined)('a page of 360 pixels', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>

  beforeAll(async () => {
    stage = await startStage({ tokens: true, guests: 3 })
    const guest = await stage.add(long)
    guest.bots.connected('x'.repeat(100))
    await stage.add('left')
    await stage.remove('left')
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  for (const locale of ['en', 'zh-CN']) {
    test(`needs no scrolling to the side in any view, in ${locale}`, async () => {
      const page = await browser.page({ viewport: { width: 360, height: 740 }, locale, hasTouch: true })
      const fits = async (): Promise<void> => expect(await wider(page)).toEqual([])
      await page.goto(stage.url)
      await seen(page.locator('#code'))
      await fits()
      await page.goto(await stage.link())
      await seen(page.locator(`.fleet-row[data-id="${long}"]`))
      await page.locator(`.fleet-row[data-id="${long}"] .fleet-expand`).click()
      await seen(page.locator('.fleet-bot').first())
      await fits()

      await page.goto(`${stage.url}#/guest/${long}`)
      await seen(page.locator('.chart canvas').first())
      await fits()
      await page.locator('.guest details').evaluateAll((all) => {
        for (const one of all as HTMLDetailsElement[]) one.open = true
      })
      await seen(page.locator('.process-table tr[data-pid]').first())
      await seen(page.locator('.entry').first())
      await fits()

      await page.goto(`${stage.url}#/timeline`)
      await seen(page.locator('.entry[data-what=left]'))
      await fits()

      await page.goto(`${stage.url}#/wire`)
      await seen(page.locator('.wire'))
      await page.goto(`${stage.url}#/guest/bot-001`)
      await seen(page.locator('.chart canvas').first())
      await page.goto(`${stage.url}#/wire`)
      await page.locator('.wire-row').filter({ hasText: '←' }).first().click()
      await seen(page.locator('.wire-detail pre').first())
      await fits()

      // The button has a sign in place of its text.
      await page.locator('.head-tools .button-main').click()
      await page.getByRole('dialog').getByRole('textbox').fill(`phone-${locale}`)
      await page.keyboard.press('Enter')
      await seen(page.locator('.add-line'))
      await fits()
      const sideways = await page
        .locator('dialog, dialog *:not(pre):not(.add-line):not(.hidden)')
        .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > 360.5).length)
      expect(sideways).toBe(0)
      await page.context().close()
    })
  }

  test('broke no rule, and told no error', () => {
    expect(browser.trouble).toEqual([])
  })
})
