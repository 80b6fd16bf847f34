import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits, systemClock, webSocketDial } from '@guestool/core'
import { PythonGuest, type PythonGuestOptions } from '@guestool/testing'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { executablePath, openBrowser, seen } from '../../../test/browser.mjs'
import { startStage } from '../../../test/stage.mjs'

describe.runIf(executablePath !== undefined)('adding a guest', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const guests: PythonGuest[] = []
  const folder = mkdtempSync(join(tmpdir(), 'guestool-add-'))

  beforeAll(async () => {
    stage = await startStage({ tokens: true })
    await stage.add('here')
    browser = await openBrowser()
  })

  beforeEach(async () => {
    page = await browser.page()
  })

  afterEach(async () => {
    for (const guest of guests.splice(0)) guest.kill()
    expect(browser.trouble).toEqual([])
    await page.context().close()
  })

  afterAll(async () => {
    await browser?.close()
    await stage?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = async (): Promise<void> => {
    await page.goto(`${stage.url}#code=${await stage.keys.code({ actions: true, admin: true })}`)
    await page.getByRole('button', { name: 'Add a guest' }).click()
  }
  const name = (): Locator => page.getByLabel('Name of the guest')
  const dialog = (): Locator => page.getByRole('dialog')
  const states = (): Promise<(string | null)[]> =>
    page
      .locator('.add-steps [data-step]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-state')))

  const add = async (id: string): Promise<string> => {
    await name().fill(id)
    await page.keyboard.press('Enter')
    return page.locator('.add-line').innerText()
  }

  /** The bot is started, with this in its `.env`, which is all that it reads. */
  function start(dotenv: string, options: Partial<PythonGuestOptions> = {}): PythonGuest {
    const file = join(folder, '.env')
    writeFileSync(file, `DRIVER=~fastapi\n${dotenv}\nLOG_LEVEL=INFO\n`)
    const [, url = ''] = /^GUEST_CONNECTION_HOSTURL=(.*)$/m.exec(readFileSync(file, 'utf8')) ?? []
    const dial = webSocketDial(WebSocket, { url, maxPayload: limits.maxPayload })
    const guest = new PythonGuest(dial, { clock: systemClock, ...options })
    guests.push(guest)
    return guest
  }

  test('the line that is shown, in the .env of a bot, ends in its first value', async () => {
    await open()
    const line = await add('alpha')
    expect(line).toMatch(/^GUEST_CONNECTION_HOSTURL=ws:\/\/alpha:[\w.-]+@127\.0\.0\.1:\d+\/join\/alpha$/)
    await expect.poll(states).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
    start(line)
    await expect.poll(states).toEqual(['done', 'done', 'done', 'done'])
    await seen(page.getByText('memory 21 % / 23.5 GiB'))
    await page.getByRole('button', { name: 'Look at it' }).click()
    await expect.poll(() => page.url()).toContain('#/guest/alpha')
    expect(await dialog().count()).toBe(0)
  })

  test('a token that is not right is told, and another try settles it', async () => {
    await open()
    const line = await add('wrong')
    start(line.replace(/.@/, (last) => (last === 'A@' ? 'B@' : 'A@')))
    await seen(page.getByText('It came with a token that is not right.'))
    expect(await states()).toEqual(['done', 'problem', 'waiting', 'waiting'])
    start(line)
    await expect.poll(states).toEqual(['done', 'done', 'done', 'done'])
    expect(await page.locator('.add-steps .error').count()).toBe(0)
  })

  test('a slip in the path is told by the token that came with it', async () => {
    await open()
    const line = await add('beta')
    start(line.replace(/beta$/, 'bata'))
    await seen(page.getByText('It came as “bata”: the name at the end of the URL is not right.'))
    expect(await states()).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
  })

  test('a bot on a Python that is too old says hello and no more', async () => {
    await page.clock.install()
    await open()
    start(await add('old'), { deaf: true })
    await expect.poll(states).toEqual(['done', 'done', 'done', 'waiting'])
    await page.clock.fastForward(10_000)
    await seen(page.getByText('run the bot on 3.11 or newer'))
    expect(await states()).toEqual(['done', 'done', 'done', 'problem'])
  })

  test('a name that cannot be one leads to one that can', async () => {
    await open()
    await name().fill('我的 bot!')
    await seen(page.getByText('A guest cannot be called that'))
    await page.getByRole('button', { name: 'Use bot' }).click()
    expect(await name().inputValue()).toBe('bot')
    expect(await page.getByRole('button', { name: 'Add it' }).isEnabled()).toBe(true)
  })

  test('a name that exists is said, and its token is replaced only when that is wanted', async () => {
    await open()
    await name().fill('here')
    await seen(page.getByText('here is there, and connected.'))
    expect(await page.getByRole('button', { name: 'Add it' }).isEnabled()).toBe(false)
    await seen(page.getByRole('button', { name: 'Use here-2' }))
    expect(stage.guests.get('here')!.state).toBe('open')
    await page.getByRole('button', { name: 'Replace its token' }).click()
    const line = await page.locator('.add-line').innerText()
    await expect.poll(() => stage.guests.get('here')!.state).toBe('closed')
    expect(await states()).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
    start(line)
    await expect.poll(states).toEqual(['done', 'done', 'done', 'done'])
  })

  test('where the clipboard is not for pages, the line is copied all the same', async () => {
    // As it is on plain http.
    await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await open()
    const line = await add('clip')
    // By keys alone: what is next has the focus.
    await expect.poll(() => page.locator(':focus').innerText()).toBe('Copy')
    await page.keyboard.press('Enter')
    await seen(page.getByRole('button', { name: 'Copied' }))
    await page.getByRole('button', { name: 'Add another' }).click()
    await expect.poll(() => name().evaluate((field) => field === document.activeElement)).toBe(true)
    await page.keyboard.press('Control+V')
    expect(await name().inputValue()).toBe(line)
  })

  test('what was shown once is not lost by a key', async () => {
    await open()
    await add('kept')
    await page.keyboard.press('Escape')
    await seen(page.getByText('The line was not copied'))
    await page.getByRole('button', { name: 'Stay' }).click()
    const line = await page.locator('.add-line').innerText()
    // Typed off, it has done what it is for.
    start(line)
    await expect.poll(states).toEqual(['done', 'done', 'done', 'done'])
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog().count()).toBe(0)
  })

  test('an address that is closed says how to open it; a program of one’s own has the same URL', async () => {
    await open()
    const line = await add('node')
    await dialog().getByText('In a container on that machine').click()
    await seen(page.getByText('guestool host --address 0.0.0.0'))
    expect(await page.locator('.add-line').innerText()).toContain('@host.docker.internal:')
    await dialog().getByText('On the machine of the host').click()
    await page.getByRole('tab', { name: 'A Node program' }).click()
    const [, url = ''] = line.split('=')
    expect(await page.locator('.add-line').innerText()).toContain(`createGuest('${url}'`)
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('.add-line').innerText()).toBe(`guestool guest ${url}`)
  })

  test('who is no admin cannot', async () => {
    await page.goto(`${stage.url}#code=${await stage.keys.code({ actions: true })}`)
    await seen(page.getByText('Connected'))
    await seen(page.getByRole('link', { name: 'here' }).first())
    expect(await page.getByRole('button', { name: 'Add a guest' }).count()).toBe(0)
  })
})
