// Chromium for tests of the page. They look at what was built: `node packages/console/bundle.mjs`, which `npm test` runs.
import { chromium } from 'playwright-core'

import { chromiumArgs, findChromium } from '../../../.ci/chromium.mjs'

/** Where Chromium is; undefined where there is none. */
export const executablePath = findChromium()

/**
 * A browser whose pages are watched: `trouble` is what no page may do, such as an error on its console or a dialog.
 */
export async function openBrowser() {
  const browser = await chromium.launch({
    args: chromiumArgs,
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
