import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser, seen } from '../test/browser.mjs'
import { startStage } from '../test/stage.mjs'

/** What hubs have had from the first. */
const always = new Set(['guests'])

/** The host answers this page as one does that is older than what the page asks for. */
async function beOlder(page: Page): Promise<void> {
  await page.routeWebSocket(/\/guests/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((text) => {
      const { opid, opnm, opct } = JSON.parse(String(text)) as {
        opid: string
        opnm: string
        opct: Record<string, unknown>
      }
      const name = opct['info'] ?? opct['action']
      if (!/^\/(info|action)$/.test(opnm) || always.has(String(name))) return server.send(text)
      const rejection = { code: 'unknown_operation', error: `unknown info ${String(name)}` }
      socket.send(JSON.stringify({ opid, opnm: '/event/reject', opct: rejection }))
    })
  })
}

describe.runIf(executablePath !== undefined)('a host that has less than the page asks for', () => {
  let stage: Awaited<ReturnType<typeof startStage>>
  let browser: Awaited<ReturnType<typeof openBrowser>>

  beforeAll(async () => {
    stage = await startStage({ guests: 2, host: { history: false } })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  test.each(['keeps no history', 'is older'])(
    'and %s: its guests are listed, and each is shown',
    async (how) => {
      const page = await browser.page()
      if (how === 'is older') await beOlder(page)
      await page.goto(stage.url)
      await seen(page.locator('.fleet-row[data-id=bot-001]').getByText('Alive'))
      await seen(page.locator('.fleet-row[data-id=bot-002]').getByText('Alive'))
      expect(await page.locator('.fleet .error').count()).toBe(0)
      // Nobody is offered what the host does not say that one may do.
      const admin = how !== 'is older'
      expect(await page.getByRole('button', { name: 'Add a guest' }).count()).toBe(Number(admin))
      await page.getByRole('link', { name: 'bot-001' }).click()
      await seen(page.locator('.chart[data-points]:not([data-points="0"]) canvas').first())
      await seen(page.getByText('8.0 GiB').first())
      await page.locator('summary', { hasText: 'Ask anything' }).click()
      await page.getByLabel('Operation').selectOption('system_platform')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await seen(page.locator('.json', { hasText: 'Linux-6.12.1' }))
      await page.getByRole('link', { name: 'Timeline' }).click()
      await seen(page.locator(how === 'is older' ? '.error' : '.entry').first())
      await page.getByRole('link', { name: 'Wire' }).click()
      await seen(page.locator('.wire'))
      expect(browser.trouble).toEqual([])
      await page.context().close()
    },
  )
})
