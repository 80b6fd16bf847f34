import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

/** Each view, and what is there when it is. The last one asks nothing. */
const views = [
  ['#/guest/alpha', '.guest .chart canvas'],
  ['#/timeline', '.entry'],
  ['#/', '.fleet-row'],
  ['#/wire', '.wire-row'],
] as const

describe.runIf(executablePath !== undefined)('a view that is closed', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let inspector: CDPSession
  /** What views ask; the list of guests and their vitals are asked whatever is shown. */
  const asked: string[] = []

  beforeAll(async () => {
    stage = await startStage()
    for (const id of ['alpha', 'beta']) await stage.add(id)
    browser = await openBrowser()
    page = await browser.page()
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const [, name] = /"(?:info|action)":\s*"(?!vitals|guests)(\w+)"/.exec(String(payload)) ?? []
        if (name !== undefined) asked.push(name)
      })
    })
    inspector = await page.context().newCDPSession(page)
    await page.clock.install()
    await page.goto(stage.url)
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  async function walk(): Promise<void> {
    for (const [hash, shown] of views) {
      await page.evaluate((to) => (location.hash = to), hash)
      await seen(page.locator(shown).first())
    }
  }

  async function listeners(of: string): Promise<string[]> {
    const { result } = await inspector.send('Runtime.evaluate', { expression: of })
    const all = await inspector.send('DOMDebugger.getEventListeners', { objectId: result.objectId! })
    return all.listeners.map(({ type }) => `${of} ${type}`).toSorted()
  }

  /** What is asked in a minute of the page's time, and what is listened to then. */
  async function left() {
    asked.length = 0
    await page.clock.runFor(60_000)
    return { asked, listeners: [...(await listeners('document')), ...(await listeners('window'))] }
  }

  test('asks nothing and hears nothing, however often it was open', async () => {
    await walk()
    const { listeners: once } = await left()
    expect(once).toContain('document visibilitychange')
    for (let n = 0; n < 5; n++) await walk()
    expect(await left()).toEqual({ asked: [], listeners: once })
    expect(browser.trouble).toEqual([])
  })
})
