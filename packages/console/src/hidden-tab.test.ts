import { VirtualClock } from '@guestool/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, setHidden } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

const minute = 60_000
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** A page whose questions are counted. */
interface Watched {
  readonly page: Page
  /** `/guests/alpha/info {"info":"cpu"}` */
  readonly asked: string[]
  /** The ids of those that are not answered yet. */
  readonly open: Set<string>
}

describe.runIf(executablePath !== undefined)('a tab that is hidden for ten minutes', () => {
  const began = Date.now()
  // The time of the host; the pages' own is moved beside it.
  const clock = new VirtualClock({ wall: began })
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let fleet: Watched
  let guest: Watched
  const pages: Page[] = []
  /** How often alpha was asked, and what it answers. */
  const alpha = { asked: 0, percent: 10 }

  beforeAll(async () => {
    stage = await startStage({ clock })
    await stage.add('alpha', {
      cpu: () => {
        alpha.asked++
        return {
          cpu_percent: alpha.percent,
          cpu_ncores: { physical: 2, logical: 4 },
          cpu_freq: { current: 0, min: 0, max: 0 },
          cpu_load: { last1m: 0, last5m: 0, last15m: 0 },
        }
      },
    })
    for (const id of ['beta', 'gamma']) await stage.add(id)
    await passAtHost(20_000)
    browser = await openBrowser()
    fleet = await open('')
    guest = await open('#/guest/alpha')
  })

  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  async function open(hash: string): Promise<Watched> {
    const page = await browser.page()
    pages.push(page)
    await page.clock.install({ time: clock.wall() })
    const asked: string[] = []
    const unanswered = new Set<string>()
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const { opid, opnm, opct } = JSON.parse(String(payload)) as Record<'opid' | 'opnm', string> & {
          opct: unknown
        }
        if (!/\/(info|action)\b/.test(opnm)) return
        asked.push(`${opnm} ${JSON.stringify(opct)}`)
        unanswered.add(opid)
      })
      socket.on('framereceived', ({ payload }) => {
        unanswered.delete((JSON.parse(String(payload)) as { opid: string }).opid)
      })
    })
    await page.goto(stage.url + hash)
    return { page, asked, open: unanswered }
  }

  const both = (work: (watched: Watched) => Promise<void>): Promise<unknown> =>
    Promise.all([fleet, guest].map(work))

  /** Time passes for the host, and what it asks meanwhile is answered, by the browser, too: it drops who answers no ping. */
  async function passAtHost(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await clock.advance(5_000)
      for (let n = 0; n < 6; n++) {
        await stage.host.guest('alpha')?.info('bots')
        await Promise.all(pages.map((page) => page.evaluate(() => 0)))
      }
    }
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await passAtHost(5_000)
      await both(({ page }) => page.clock.runFor(5_000))
    }
  }

  /**
   * What is read after a frame was drawn. No time passes while an answer is on its way, however slow the machine is:
   * so little is needed that no timer of the page is due.
   */
  async function soon<T>(read: () => Promise<T>): Promise<T> {
    await both(async ({ page, open: { size } }) => {
      if (size === 0) await page.clock.runFor(16)
    })
    return read()
  }

  const cpu = async (): Promise<string> =>
    plain(await guest.page.locator('.chart', { hasText: 'CPU' }).first().locator('b').innerText())
  const row = async (id: string): Promise<string> =>
    plain(await fleet.page.locator(`.fleet-row[data-id=${id}]`).innerText())
  const spark = (): Promise<string | null> =>
    fleet.page.locator('.fleet-row[data-id=alpha] .fleet-cpu .spark-line').getAttribute('d')

  /** The columns of the chart in which its line is missing, of those between the first and the last that have it. */
  const missing = (): Promise<number> =>
    guest.page
      .locator('.chart', { hasText: 'CPU' })
      .first()
      .locator('canvas')
      .evaluate((element) => {
        const canvas = element as HTMLCanvasElement
        const { width, height } = canvas
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height)
        const colour = getComputedStyle(canvas).getPropertyValue('--chart-1').trim()
        const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
        const has: number[] = []
        for (let x = 0; x < width; x++) {
          for (let y = 0; y < height; y++) {
            const at = (y * width + x) * 4
            const far = Math.abs(data[at]! - r) + Math.abs(data[at + 1]! - g) + Math.abs(data[at + 2]! - b)
            if (data[at + 3]! > 200 && far < 60) {
              has.push(x)
              break
            }
          }
        }
        return has.length === 0 ? Infinity : has.at(-1)! - has[0]! + 1 - has.length
      })

  test('asks nothing, and still counts in its title who is gone', async () => {
    await expect.poll(cpu).toBe('10 %')
    await expect.poll(spark).toMatch(/^M/)
    await both(async ({ page }) => {
      await setHidden(page, true)
      await page.clock.pauseAt(began + 3 * minute)
    })
    // What was on its way is answered, and the host forgets that somebody looked.
    await passAtHost(began + 3 * minute - clock.wall())
    const before = [...fleet.asked, ...guest.asked]
    const { asked } = alpha
    alpha.percent = 30
    await pass(5 * minute)
    await stage.remove('beta')
    await stage.add('delta')
    alpha.percent = 50
    await pass(5 * minute)
    expect([...fleet.asked, ...guest.asked]).toEqual(before)
    // The host itself takes one a minute.
    expect(alpha.asked - asked).toBeLessThanOrEqual(11)
    expect(alpha.asked - asked).toBeGreaterThanOrEqual(9)
    await expect.poll(() => soon(() => fleet.page.title())).toBe('(1) GuesTool')
  })

  test('is current as soon as it is shown, with each question asked once, and has no gap', async () => {
    alpha.percent = 70
    for (const { asked } of [fleet, guest]) asked.length = 0
    await both(({ page }) => setHidden(page, false))
    await expect.poll(() => soon(cpu)).toBe('70 %')
    await expect.poll(() => soon(() => row('alpha'))).toContain('50 %')
    await expect.poll(() => soon(() => row('beta'))).toContain('Gone')
    await expect.poll(() => soon(() => row('delta'))).toContain('Alive')
    await expect.poll(() => soon(async () => (await spark())?.match(/M/g))).toHaveLength(1)
    await expect.poll(() => soon(missing)).toBeLessThan(10)
    for (const { asked } of [fleet, guest]) expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted())
    expect(browser.trouble).toEqual([])
  })
})
