import { cpus, totalmem } from 'node:os'
import { createGuest, type Guest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'
import { chromium, type Page } from 'playwright'
import { expect, onTestFinished, test, vi } from 'vitest'
import { chromiumArgs, findChromium } from '../../.ci/chromium.mjs'
import { run } from '../running.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const executablePath = findChromium() ?? ''

/** The page in a real browser, all that the browser complained about, and the questions that wait for an answer. */
async function open(): Promise<{
  page: Page
  href: string
  complaints: string[]
  waiting: ReadonlySet<string>
}> {
  const server = run(import.meta.url, 'server.mjs', '0')
  const { href } = await server.address()
  const browser = await chromium.launch({ executablePath, args: chromiumArgs })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  // The page's time stands still until a test moves it.
  await page.clock.install()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  const waiting = waitingCalls(page)
  await page.goto(href)
  await page.getByRole('button', { name: 'this-machine alive' }).waitFor()
  return { page, href, complaints, waiting }
}

const read = (payload: string | Buffer) => JSON.parse(payload.toString()) as { opid: string; opnm: string }

/** The `opid`s of what the page asked guests and was not answered yet. */
function waitingCalls(page: Page): ReadonlySet<string> {
  const waiting = new Set<string>()
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { opid, opnm } = read(payload)
      if (opnm.startsWith('/guests/')) waiting.add(opid)
    })
    socket.on('framereceived', ({ payload }) => waiting.delete(read(payload).opid))
  })
  return waiting
}

/** A guest whose cpu is as many percent as the page asked times; a host asks for samples of its own. */
function counting(href: string, id: string): { guest: Guest; asked: () => number } {
  let asked = 0
  const { cpu, ...others } = systemInfo()
  const counted: typeof cpu = async (params, context) => {
    if (params.smptime === 0.2) asked++
    return { ...(await cpu(params, context)), cpu_percent: asked }
  }
  const url = `${href.replace('http', 'ws')}join/${id}`
  const guest = createGuest(url, { info: { ...others, cpu: counted }, action: 'unsupported' })
  onTestFinished(() => guest.close())
  return { guest, asked: () => asked }
}

/** What a browser does when another tab is shown. */
async function show(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}

test.runIf(executablePath)('the page shows this machine', async () => {
  const { page, complaints } = await open()
  const section = page.getByRole('region', { name: 'this-machine' })
  await section.getByText(new RegExp(`^cpu: [\\d.]+ % of ${cpus().length} cores$`)).waitFor()
  await section.getByText(`% of ${(totalmem() / 2 ** 30).toFixed(1)} GiB`).waitFor()
  expect(
    await section.getByLabel('memory').evaluate((meter: HTMLMeterElement) => meter.value),
  ).toBeGreaterThan(0)
  expect(complaints).toEqual([])
})

test.runIf(executablePath)('a guest joins, is chosen, leaves, and comes back', async () => {
  const { page, href, complaints } = await open()
  const { guest } = counting(href, 'alpha')
  await page.getByRole('button', { name: 'alpha alive' }).click()
  const section = page.getByRole('region', { name: 'alpha' })
  await section.getByText(/^cpu: \d+\.0 % of/).waitFor()

  await guest.close()
  await page.getByRole('button', { name: 'alpha gone' }).waitFor()
  // What was known of it stays, and why there is nothing newer is said beside it.
  await section.getByRole('alert').filter({ hasText: 'alpha' }).first().waitFor()
  await section.getByText(/^cpu: \d+\.0 % of/).waitFor()

  counting(href, 'alpha')
  await page.getByRole('button', { name: 'alpha alive' }).waitFor()
  await expect.poll(() => section.getByRole('alert').count(), { timeout: 15_000 }).toBe(0)
  expect(complaints).toEqual([])
})

test.runIf(executablePath)('it asks every two seconds, while it is seen, whom it shows', async () => {
  const { page, href, complaints, waiting } = await open()
  const { asked } = counting(href, 'alpha')
  const shows = (percent: number) => page.getByText(`cpu: ${percent}.0 % of`).waitFor()
  await page.getByRole('button', { name: 'alpha alive' }).click()
  await page.getByText(/^cpu: \d+\.0 % of/).waitFor()
  // Never longer than a connection may be silent: nothing crosses the network while the page's time is moved.
  await page.clock.pauseAt(Date.now() + 5_000)
  // What is on its way would be shown later, and be taken for the answer to the next question.
  await expect.poll(() => waiting.size, { timeout: 10_000 }).toBe(0)

  const before = asked()
  await shows(before)
  for (let times = 1; times <= 3; times++) {
    await page.clock.runFor(1_999)
    await page.clock.runFor(1)
    await shows(before + times)
  }
  expect(asked()).toBe(before + 3)

  await show(page, 'hidden')
  await page.clock.runFor(5_000)
  await show(page, 'visible')
  await shows(before + 4)

  await page.getByRole('button', { name: 'this-machine alive' }).click()
  await page
    .getByRole('region', { name: 'this-machine' })
    .getByText(/^cpu: [\d.]+ % of/)
    .waitFor()
  await page.clock.runFor(5_000)
  await page.getByRole('button', { name: 'alpha alive' }).click()
  await shows(before + 5)
  await page.clock.runFor(2_000)
  await shows(before + 6)
  expect(asked()).toBe(before + 6)
  expect(complaints).toEqual([])
})
