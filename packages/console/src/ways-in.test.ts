import { VirtualClock } from '@guestool/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

/** No address of this machine, and so nothing that a browser trusts as it trusts localhost. */
const elsewhere = '192.168.77.7'

/** Every view, and what comes with it in files of its own. */
async function walk(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'alpha' }).click()
  await seen(page.locator('.chart canvas').first())
  await seen(page.getByText('8.0 GiB').first())
  await page.getByRole('link', { name: 'Timeline' }).click()
  await seen(page.locator('.entry').first())
  await page.getByRole('link', { name: 'Wire' }).click()
  await seen(page.locator('.wire'))
}

/** The line that is shown for a new guest, once it was copied. */
async function copiedLine(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Add a guest' }).click()
  await page.getByLabel('Name of the guest').fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Copy' }).click()
  await seen(page.getByRole('button', { name: 'Copied' }))
  return page.locator('.add-line').innerText()
}

describe.runIf(executablePath !== undefined)('the page, wherever it is opened', () => {
  type Stage = Awaited<ReturnType<typeof startStage>>
  const stages: Stage[] = []
  let browser: Awaited<ReturnType<typeof openBrowser>>

  beforeAll(async () => {
    browser = await openBrowser([`--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`])
  })
  afterAll(async () => {
    await browser?.close()
    for (const stage of stages) await stage.close()
  })

  async function start(options: Parameters<typeof startStage>[0]): Promise<Stage> {
    const stage = await startStage({ tokens: true, ...options })
    stages.push(stage)
    await stage.add('alpha')
    return stage
  }

  test('on plain http, at an address of the network, it works as it does at home', async () => {
    const stage = await start({})
    const page = await browser.page()
    await page.goto((await stage.link()).replace('127.0.0.1', elsewhere))
    expect(
      await page.evaluate(() => [isSecureContext, 'randomUUID' in crypto, 'clipboard' in navigator]),
    ).toEqual([false, false, false])
    await seen(page.getByText('Connected'))
    await walk(page)
    expect(await copiedLine(page, 'beta')).toMatch(/^GUEST_CONNECTION_HOSTURL=ws:\/\/beta:/)
  })

  test('below a path it is the same page, and says the path where guests join', async () => {
    const stage = await start({ basePath: '/tools/guestool/' })
    const page = await browser.page()
    await page.goto(await stage.link())
    await walk(page)
    expect(await copiedLine(page, 'beta')).toMatch(/\/tools\/guestool\/join\/beta$/)
    // A host beside it has sign-ins of its own.
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(['guestool.token /tools/guestool'])
    await page.goto(stage.url.replace(/\/$/, ''))
    await seen(page.getByRole('link', { name: 'alpha' }))
    expect(page.url()).toBe(stage.url)
  })

  test('a token that is revoked leads to the sign-in while the page is open, and stays forgotten', async () => {
    const clock = new VirtualClock({ wall: Date.now() })
    const stage = await start({ clock })
    const page = await browser.page()
    await page.goto(await stage.link())
    await seen(page.getByRole('link', { name: 'alpha' }))
    for (const { key, role } of await stage.keys.list()) if (role === 'console') await stage.keys.revoke(key)
    const over = page.getByText('Your sign-in has ended')
    await expect
      .poll(async () => {
        await clock.advance(5_000)
        await stage.host.guest('alpha')?.info('bots')
        return over.count()
      })
      .toBe(1)
    await page.reload()
    await seen(page.getByText('This host wants to know who you are'))
    expect(await page.locator('.fleet-row').count()).toBe(0)
    // Another link, in the same tab, is all that is needed.
    await page.goto(await stage.link())
    await seen(page.getByRole('link', { name: 'alpha' }))
  })

  test('none of this was an error of the page', () => {
    expect(browser.trouble).toEqual([])
  })
})
