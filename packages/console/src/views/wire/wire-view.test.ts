import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRecording } from '@guestool/core/recording'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadRecording, replay } from '../../../../cli/src/replay/replay.js'
import { executablePath, openBrowser, seen } from '../../../test/browser.mjs'
import { madeUp } from '../../../test/made-up.mjs'
import { startStage } from '../../../test/stage.mjs'

const hostile = '<img src=x onerror=alert(1)>\u202E'

describe.runIf(executablePath !== undefined)('the wire view', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const folder = mkdtempSync(join(tmpdir(), 'guestool-wire-'))
  const file = join(folder, 'saved.jsonl')

  beforeAll(async () => {
    stage = await startStage({ tokens: true })
    const processes = [{ pid: 1, name: hostile, age: 1, cpu_stdperc: 0, cpu_normalized: 0, mem: 1 }]
    await stage.add('alpha', { processes: () => processes, python_version: 'unsupported' })
    browser = await openBrowser()
    page = await browser.page()
    await page.goto(`${stage.url}#code=${await stage.keys.code({ actions: true, admin: true })}`)
    await page.getByRole('link', { name: 'Wire' }).click()
    await seen(page.locator('.wire'))
    // What other views ask is what one wants to see.
    await page.goto(`${stage.url}#/guest/alpha`)
    await seen(page.getByText('8.0 GiB').first())
    await page.goto(`${stage.url}#/wire`)
  })

  afterAll(async () => {
    await browser?.close()
    await stage?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const rows = (text: string | RegExp): Locator => page.locator('.wire-row', { hasText: text })
  const received = (operation: string): Locator => rows(operation).filter({ hasText: '←' }).first()
  const count = (): Promise<string> => page.locator('.wire-bar [role=status]').innerText()

  test('pairs what is asked with what is answered, and says how long that took', async () => {
    const answer = received('info memory')
    expect(await answer.innerText()).toMatch(/alpha[^]*\d\sms/)
    await answer.click()
    const detail = page.locator('.wire-detail')
    await seen(detail.getByText('Its request'))
    const [reply, request] = await detail.locator('pre').allInnerTexts()
    expect(JSON.parse(reply!)).toMatchObject({ opct: { mem: { total: 8 * 2 ** 30 } } })
    expect(JSON.parse(request!)).toMatchObject({
      opid: JSON.parse(reply!).opid,
      opnm: '/guests/alpha/info',
      opct: { info: 'memory' },
    })
    // The list shows which it is, too.
    expect(await page.locator('.wire-row[data-answers]').innerText()).toContain('→')
  })

  test('marks a rejection, and says what it means', async () => {
    const rejection = received('info python_version')
    expect(await rejection.getAttribute('data-problem')).toBe('')
    expect(await rejection.innerText()).toContain('unsupported')
    await rejection.click()
    await seen(page.locator('.wire-detail').getByText('The guest knows this, and does not have it.'))
  })

  test('text from elsewhere is text', async () => {
    await received('info processes').click()
    await seen(page.locator('.wire-detail pre', { hasText: '<img src=x onerror=alert(1)>\\u202e' }))
    expect(await page.locator('.wire img').count()).toBe(0)
  })

  test('is filtered by operation, guest, problem and text, and goes by keys', async () => {
    const all = await count()
    await page.getByLabel('Operation').selectOption('info memory')
    await expect.poll(count).not.toBe(all)
    expect(new Set(await page.locator('.wire-operation').allInnerTexts())).toEqual(new Set(['info memory']))
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('button', { name: 'Problems only' }).click()
    await expect.poll(() => page.locator('.wire-row:not([data-problem])').count()).toBe(0)
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('searchbox').fill('ONERROR')
    await expect
      .poll(async () => [...new Set(await page.locator('.wire-operation').allInnerTexts())])
      .toEqual(['info processes'])
    await page.getByRole('searchbox').fill('nowhere')
    await seen(page.getByText('No frame fits'))
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('listbox').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.wire-row[aria-selected=true]').getAttribute('id')).toBe(
      await page.getByRole('listbox').getAttribute('aria-activedescendant'),
    )
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.wire-detail').count()).toBe(0)
  })

  test('while it is paused nothing moves, and it is said what is missed', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await stage.add('beta')
    await seen(page.getByText(/[1-9]\d* more since/))
    expect(await rows('event guest_joined').count()).toBe(0)
    await page.getByRole('button', { name: 'Go on' }).click()
    await seen(rows('event guest_joined'))
  })

  test('no token is to be seen', async () => {
    await page.getByRole('button', { name: 'Add a guest' }).click()
    await page.getByLabel('Name of the guest').fill('gamma')
    await page.keyboard.press('Enter')
    const line = await page.locator('.add-line').innerText()
    const [, token] = /:(guestool_[^@]+)@/.exec(line) ?? []
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByLabel('Operation').selectOption('action add_guest')
    await received('action add_guest').click()
    const shown = await page.locator('.wire-detail').innerText()
    expect(shown).toContain('(hidden)')
    expect(shown).not.toContain(token!)
    await page.getByRole('button', { name: 'Show all' }).click()
  })

  test('what is saved answers as the guest did, and holds no token', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a recording' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^guestool-[\d-]+\.jsonl$/)
    await download.saveAs(file)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('(hidden)')
    expect(text).not.toMatch(/guestool_\w{8}\.[\w-]{20}/)
    expect(readRecording(text).every(({ guest }) => guest === 'alpha')).toBe(true)
    const again = replay(loadRecording(file, 'alpha'), {
      url: stage.url.replace('http', 'ws') + 'join/again',
      token: await stage.keys.add({ role: 'guest', id: 'again' }),
    })
    try {
      await expect.poll(() => stage.host.guest('again')).toBeDefined()
      const guest = stage.host.guest('again')!
      const { total } = (await guest.info('memory')).mem
      expect(total).toBe(8 * 2 ** 30)
      expect(await guest.info('system_platform')).toEqual(
        await stage.host.guest('alpha')!.info('system_platform'),
      )
      await expect(guest.info('python_version')).rejects.toMatchObject({ code: 'unsupported' })
    } finally {
      await again.close()
    }
  })

  test('is cleared', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Clear' }).click()
    await seen(page.getByText('Nothing has passed yet'))
    await page.getByRole('button', { name: 'Go on' }).click()
  })

  test('of hundreds of frames only those are made that can be seen, and the newest stays in sight', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `bot-${n}`)
    // Each time they come and go is two frames of each.
    for (let round = 0; round < 5; round++) {
      await Promise.all(many.map((id) => stage.add(id, madeUp(id))))
      await Promise.all(many.map((id) => stage.remove(id)))
    }
    await stage.add('last')
    await seen(rows('"id":"last"'))
    expect(Number.parseInt(await count(), 10)).toBeGreaterThan(300)
    expect(await page.locator('.wire-row').count()).toBeLessThan(60)
    await page.getByRole('listbox').focus()
    await page.keyboard.press('Home')
    await seen(page.getByRole('button', { name: 'Newest' }))
    expect(await rows('"id":"last"').count()).toBe(0)
    await page.getByRole('button', { name: 'Newest' }).click()
    await seen(rows('"id":"last"'))
    expect(browser.trouble).toEqual([])
  })
})
