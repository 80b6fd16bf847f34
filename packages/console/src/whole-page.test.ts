import { freemem, totalmem } from 'node:os'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'
import { bytes } from './ui/format.js'

const poll = <T>(read: () => T) => expect.poll(read)

describe.runIf(executablePath !== undefined)('a host with 203 guests', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let hanging: Page
  let link: string

  beforeAll(async () => {
    stage = await startStage({ tokens: true })
    const real = ['real-1', 'real-2', 'real-3']
    const scripted = Array.from({ length: 200 }, (_, n) => `bot-${String(n + 1).padStart(3, '0')}`)
    await Promise.all([...real.map((id) => stage.spawn(id)), ...scripted.map((id) => stage.add(id))])
    browser = await openBrowser()
    page = await browser.page()
    link = await stage.link()
  })

  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  const row = (id: string): Locator => page.locator(`.fleet-row[data-id="${id}"]`)
  const show = (name: RegExp): Locator => page.getByRole('button', { name })
  const chart = (title: string): Locator =>
    page.locator('.chart', { has: page.getByRole('heading', { name: title, exact: true }) }).first()
  const filter = (text: string): Promise<void> => page.getByRole('searchbox').fill(text)
  /** What the browser itself says of a host that is away, no page can prevent. */
  const trouble = (): string[] =>
    browser.trouble.filter((text) => !text.startsWith('WebSocket connection to'))

  test('a link signs in, and all of them are there', async () => {
    await page.goto(link)
    await seen(show(/^All 203/))
    expect(page.url()).toBe(`${stage.url}#/`)
    await filter('real-')
    await poll(() => page.locator('.fleet-row').count()).toBe(3)
    await filter('')
  })

  test('one that hangs has said something before', async () => {
    // It is seen to hang while the next tests run.
    hanging = await browser.page()
    await hanging.goto(await stage.link())
    await hanging.goto(`${stage.url}#/guest/real-3`)
    await seen(hanging.locator('.chart[data-points]:not([data-points="0"]) canvas').first())
    stage.processes.get('real-3')!.kill('SIGSTOP')
  })

  test('charts have what the machine says, and move', async () => {
    await page.goto(`${stage.url}#/guest/real-1`)
    await seen(chart('Memory').locator('.note', { hasText: `of ${bytes('en', totalmem())}` }))
    const used = (1 - freemem() / totalmem()) * 100
    const shown = Number.parseFloat((await chart('Memory').locator('b').textContent()) ?? '')
    expect(shown).toBeGreaterThan(0)
    expect(shown).toBeLessThan(used + 30)
    const points = async (): Promise<number> => Number(await chart('CPU').getAttribute('data-points'))
    const before = await points()
    const drawn = (): Promise<string> =>
      chart('CPU')
        .locator('canvas')
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const picture = await drawn()
    await poll(points).toBeGreaterThan(before + 1)
    expect(await drawn()).not.toBe(picture)
  })

  test('the processes of the machine are sorted, and found', async () => {
    await page.getByText(/^All \d+ processes/).click()
    const table = page.locator('.process-table')
    const pids = (): Promise<number[]> =>
      table.locator('tr[data-pid]').evaluateAll((rows) => rows.map((each) => Number(each.dataset['pid'])))
    const head = table.getByRole('button', { name: 'PID' })
    await head.click()
    const order = await table.locator('th[aria-sort]').getAttribute('aria-sort')
    const sorted = (await pids()).toSorted((a, b) => (order === 'ascending' ? a - b : b - a))
    expect(await pids()).toEqual(sorted)
    await head.click()
    await poll(async () => (await pids())[0]).not.toBe(sorted[0])
    await table.getByRole('searchbox').fill(String(stage.processes.get('real-1')!.pid))
    await poll(pids).toContain(stage.processes.get('real-1')!.pid)
  })

  test('one that hangs is unresponsive, and is alive again when it goes on', async () => {
    await hanging.locator('.guest[data-state=unresponsive] .banner').waitFor()
    await poll(() => page.title()).toBe('(1) GuesTool')
    stage.processes.get('real-3')!.kill('SIGCONT')
    await hanging.locator('.guest[data-state=alive]').waitFor()
    await poll(() => page.title()).toBe('GuesTool')
    await hanging.context().close()
  })

  test('one that comes and one that is killed are seen at once', async () => {
    await page.goto(`${stage.url}#/`)
    await seen(show(/^All 203/))
    await stage.add('zed')
    await seen(show(/^All 204/))
    stage.processes.get('real-2')!.kill('SIGKILL')
    await seen(row('real-2').getByText('Gone', { exact: true }))
    // The worst is the first.
    expect(await page.locator('.fleet-row').first().getAttribute('data-id')).toBe('real-2')
    await poll(() => page.title()).toBe('(1) GuesTool')
  })

  test('another host with the same tokens: the page goes on by itself, and misses who did not come back', async () => {
    await stage.stop()
    await seen(page.getByText('Connection lost'))
    await seen(page.getByText('Is the host running?'))
    // What is said covers nothing.
    await page.getByRole('searchbox').click({ trial: true })
    await stage.remove('bot-050')
    await stage.start()
    await seen(page.getByRole('status').getByText('Connected', { exact: true }))
    await poll(() => page.title()).toBe('(2) GuesTool')
    await seen(show(/^All 204/))
    for (const id of ['bot-050', 'real-2']) await seen(row(id).getByText('Gone', { exact: true }))
    await seen(row('bot-001').getByText('Alive'))
    await page.reload()
    await seen(show(/^All 204/))
    // This page did not see them, and the host forgot them: all that is known is that they have a token.
    for (const id of ['bot-050', 'real-2']) await seen(row(id).getByText('Not here yet'))
    expect(await page.title()).toBe('(2) GuesTool')
  })

  test('the link was good once', async () => {
    const other = await browser.page()
    await other.goto(link)
    await seen(other.getByText('This link could not sign you in'))
    expect(await other.locator('.fleet-row').count()).toBe(0)
    await other.context().close()
  })

  test('none of this was an error of the page', () => {
    expect(trouble()).toEqual([])
  })
})
