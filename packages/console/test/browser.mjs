// Chromium for tests of the page. They look at what was built: `node packages/console/bundle.mjs`, which `npm test` runs.
import { chromium } from 'playwright-core'

import { chromiumArgs, findChromium } from '../../../.ci/chromium.mjs'

/** Where Chromium is; undefined where there is none. */
export const executablePath = findChromium()

/**
 * A browser whose pages are watched: `trouble` is what no page may do, such as an error on its console, a dialog, or
 * anything that its Content-Security-Policy forbids.
 *
 * @param {string[]} [args] more of Chromium's own
 */
export async function openBrowser(args = []) {
  const browser = await chromium.launch({
    args: [...chromiumArgs, ...args],
    ...(executablePath !== undefined && { executablePath }),
  })
  /** @type {string[]} */
  const trouble = []
  return {
    trouble,
    /** A page with nothing in its storage. @param {import('playwright-core').BrowserContextOptions} [options] */
    async page(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text())
      })
      page.on('pageerror', (error) => trouble.push(error.stack ?? error.message))
      page.on('dialog', (dialog) => {
        trouble.push(`a dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      return page
    },
    close: () => browser.close(),
  }
}

/** Waits until something can be seen. @param {import('playwright-core').Locator} locator */
export const seen = (locator) => locator.waitFor()

/**
 * Hides a page or shows it, as another tab or a minimized window does. A Chromium without a screen never hides a page
 * itself, so that this tells the page what a browser would, and gives it no frames meanwhile.
 *
 * @param {import('playwright-core').Page} page
 * @param {boolean} hidden
 */
export async function setHidden(page, hidden) {
  await page.evaluate((hide) => {
    const state = hide ? 'hidden' : 'visible'
    Object.defineProperties(document, {
      visibilityState: { value: state, configurable: true },
      hidden: { value: hide, configurable: true },
    })
    const kept =
      /** @type {{ tab?: { frames: typeof requestAnimationFrame, late: FrameRequestCallback[] } }} */ (window)
    const tab = (kept.tab ??= { frames: requestAnimationFrame, late: [] })
    window.requestAnimationFrame = hide ? (callback) => tab.late.push(callback) : tab.frames
    if (!hide) for (const callback of tab.late.splice(0)) tab.frames(callback)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, hidden)
}
