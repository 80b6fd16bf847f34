import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

describe.runIf(executablePath !== undefined)('without a mouse', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page

  beforeAll(async () => {
    stage = await startStage({ tokens: true, guests: 3 })
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(stage.url)
    await seen(page.locator('#code'))
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  /** Goes on with Tab until something has the focus; each stop on the way can be seen, and has a name. */
  async function tabTo(target: Locator): Promise<void> {
    await seen(target)
    for (let stop = 0; stop < 150; stop++) {
      await page.keyboard.press('Tab')
      const { shown, name } = await page.evaluate(() => {
        const at = document.activeElement!
        const { outlineStyle, boxShadow } = getComputedStyle(at)
        const box = at.getBoundingClientRect()
        return {
          shown: at === document.body || ((outlineStyle !== 'none' || boxShadow !== 'none') && box.width > 0),
          name: `${at.tagName} ${at.className} ${at.textContent.slice(0, 40)}`,
        }
      })
      expect({ shown, name }).toEqual({ shown: true, name })
      if (await target.evaluate((element) => element === document.activeElement)) return
    }
    throw new Error('it has no place among the stops')
  }

  test('one signs in', async () => {
    await tabTo(page.locator('#code'))
    await page.keyboard.type(await stage.link())
    await page.keyboard.press('Enter')
    await seen(page.getByRole('link', { name: 'bot-001' }))
  })

  test('one skips what is the same in every view', async () => {
    await page.reload()
    await tabTo(page.getByRole('link', { name: 'Skip to content' }))
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await tabTo(page.getByRole('searchbox'))
  })

  test('one adds a guest, and is back where one was', async () => {
    const add = page.getByRole('button', { name: 'Add a guest' })
    await tabTo(add)
    await page.keyboard.press('Enter')
    await seen(page.locator('dialog input:focus'))
    await page.keyboard.type('typed')
    await page.keyboard.press('Enter')
    await seen(page.locator('.add-line'))
    await page.keyboard.press('Escape')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last())
    await page.keyboard.press('Enter')
    await seen(page.locator('.fleet-row[data-id=typed]').getByText('Not here yet'))
    await expect.poll(() => add.evaluate((button) => button === document.activeElement)).toBe(true)
  })

  test('one sorts the processes of a guest, and asks it something', async () => {
    await tabTo(page.getByRole('link', { name: 'bot-001', exact: true }))
    await page.keyboard.press('Enter')
    await tabTo(page.locator('summary', { hasText: /^All \d+ processes/ }))
    await page.keyboard.press('Enter')
    await tabTo(page.locator('.process-table').getByRole('button', { name: 'PID' }))
    await page.keyboard.press('Enter')
    const first = page.locator('.process-table tr[data-pid]').first()
    const pids = [await first.getAttribute('data-pid')]
    await page.keyboard.press('Enter')
    await expect.poll(() => first.getAttribute('data-pid')).not.toBe(pids[0])
    await tabTo(page.locator('summary', { hasText: 'Ask anything' }))
    await page.keyboard.press('Enter')
    await tabTo(page.getByLabel('Operation'))
    await page.keyboard.type('system_platform')
    await tabTo(page.getByRole('button', { name: 'Ask', exact: true }))
    await page.keyboard.press('Enter')
    await seen(page.locator('.json', { hasText: 'Linux-6.12.1' }))
  })

  test('none of this was an error of the page', () => {
    expect(browser.trouble).toEqual([])
  })
})
