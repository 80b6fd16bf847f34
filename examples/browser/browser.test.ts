import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { chromium, type Page } from 'playwright'
import { expect, onTestFinished, test, vi } from 'vitest'
import { chromiumArgs, findChromium } from '../../.ci/chromium.mjs'
import { run } from '../running.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const executablePath = findChromium() ?? ''

/** The page in a real browser, and all that the browser complained about. */
async function open(): Promise<{ page: Page; complaints: string[] }> {
  const server = run(import.meta.url, 'server.mjs', '0')
  const { href } = await server.address()
  const browser = await chromium.launch({ executablePath, args: chromiumArgs })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(href)
  return { page, complaints }
}

/** What the developer console does with a line that is typed there. */
async function type(page: Page, expression: string): Promise<unknown> {
  const devtools = await page.context().newCDPSession(page)
  const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
    expression,
    replMode: true,
    awaitPromise: true,
    returnByValue: true,
  })
  if (exceptionDetails !== undefined) throw new Error(result.description ?? exceptionDetails.text)
  return result.value
}

test.runIf(executablePath)('the page shows this machine', async () => {
  const { page, complaints } = await open()
  await page.locator('#state.open').waitFor()
  await page.getByText(new RegExp(`^[\\d.]+ % of ${cpus().length} cores$`)).waitFor()
  await page.getByText(`% of ${(totalmem() / 2 ** 30).toFixed(1)} GiB`).waitFor()
  await page.getByText(/^[\d.]+ KiB\/s in$/).waitFor()
  expect(await page.locator('#memory').evaluate((meter: HTMLMeterElement) => meter.value)).toBeGreaterThan(0)
  expect(complaints).toEqual([])
})

test.runIf(executablePath)('what the page and the README say works in the developer console', async () => {
  const { page, complaints } = await open()
  const snippet = await page.locator('#snippet').innerText()
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  const [first, more] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '')
  expect(first).toBe(`${snippet}\n`)

  expect(await type(page, snippet)).toMatchObject({
    cpu_percent: expect.any(Number),
    cpu_ncores: { logical: cpus().length },
  })
  await type(page, more ?? '')
  expect(await type(page, "(await client.info('memory')).mem.total")).toBe(totalmem())
  await type(page, 'await client.close()')
  expect(complaints).toEqual([])
})
