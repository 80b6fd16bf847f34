import { describe, afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { executablePath, openBrowser } from '../../test/browser.mjs'
import { startStage } from '../../test/stage.mjs'

const guest = (page: Page) => page.getByRole('link', { name: 'bot-001' })
const signIn = (page: Page) => page.getByRole('heading', { name: 'Sign in' })

describe.runIf(executablePath)('signing in', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let stage: Awaited<ReturnType<typeof startStage>>

  beforeAll(async () => {
    stage = await startStage({ guests: 2, tokens: true })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  /** What the browser itself says of a refused page or socket is no trouble of this page. */
  const trouble = () => browser.trouble.filter((text) => !/^WebSocket connection to .* failed/.test(text))

  test('a link signs in once, is out of the location at once, and the browser stays signed in', async () => {
    const page = await browser.page()
    const link = `${stage.url}#code=${await stage.keys.code({ actions: true, admin: true })}`
    await page.goto(link)
    await guest(page).waitFor()
    expect(page.url()).not.toContain('code')
    await page.reload()
    await guest(page).waitFor()
    // An admin's, by the rights of the link.
    await page.locator('[data-id="bot-002"]').hover()
    await page.getByRole('button', { name: 'Remove bot-002' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.locator('[data-id="bot-002"]').waitFor({ state: 'detached' })
    expect((await stage.keys.list()).some((each) => each.role === 'guest' && each.id === 'bot-002')).toBe(
      false,
    )
    // Of no use to whoever finds it.
    const other = await browser.page()
    await other.goto(link)
    await signIn(other).waitFor()
    await other.getByText('This link could not sign you in').waitFor()
    await other.getByText('guestool login-link').waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(page).waitFor()
    await page.reload()
    await page.getByText('This host wants to know who you are').waitFor()
    expect(trouble()).toEqual([])
  })

  test('without a link the page says how to get one, and takes it when it is pasted', async () => {
    const page = await browser.page({ locale: 'zh-CN' })
    await page.goto(stage.url)
    await page.getByRole('heading', { name: '登录' }).waitFor()
    await page.getByText('guestool login-link').waitFor()
    await page.getByRole('textbox').fill(` ${stage.url}#code=${await stage.keys.code()} `)
    await page.keyboard.press('Enter')
    await guest(page).waitFor()
    // Who only reads is not offered what it may not do.
    await page.getByText('只读').waitFor()
    expect(await page.getByRole('button', { name: /添加/ }).count()).toBe(0)
    expect(trouble()).toEqual([])
  })

  test('a sign-in that an admin ends leads to the same page, and is forgotten', async () => {
    const page = await browser.page()
    await page.goto(`${stage.url}#code=${await stage.keys.code()}`)
    await guest(page).waitFor()
    const known = await stage.keys.list()
    for (const { key, role } of known) if (role === 'console') await stage.keys.revoke(key)
    await stage.stop()
    await stage.start()
    await page.getByText('Your sign-in has ended').waitFor()
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
    expect(trouble()).toEqual([])
  })
})
