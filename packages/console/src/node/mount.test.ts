import { createServer } from 'node:http'
import { createHost } from '@guestool/server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, openBrowser } from '../../test/browser.mjs'
import { consolePage } from './index.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** A page of somebody else's on an origin of its own, with the console's files below /tools/console. */
async function pageWith(script: string): Promise<string> {
  const files = consolePage({ basePath: '/tools/console' })
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/tools/console/')) return files(request, response)
    response.setHeader('content-type', 'text/html')
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/tools/console/browser.css"><h1>Mine</h1><div id="there"></div><script type="module">${script}</script>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(async () => server.close().closeAllConnections())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

describe.runIf(executablePath)('the console elsewhere than at /', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('in an element of another page, of another origin, until it is taken out', async () => {
    const origin = await pageWith(`import { mount } from '/tools/console/browser.js'
      const url = new URLSearchParams(location.search).get('host')
      window.takeOut = mount(document.querySelector('#there'), { url })`)
    const host = createHost({ origins: [origin] })
    ends.push(() => host.close())
    const { url } = await host.listen(0)
    const page = await browser.page()
    await page.goto(`${origin}/?host=${encodeURIComponent(url)}`)
    await page.getByText('No guests yet').waitFor()
    // A part that is loaded late is found, too.
    await page.getByRole('link', { name: 'Timeline' }).click()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
    await page.evaluate('takeOut()')
    expect(await page.locator('#there').innerHTML()).toBe('')
    await page.getByRole('heading', { name: 'Mine' }).waitFor()
    expect(browser.trouble).toEqual([])
  })

  test('below the base path of its host', async () => {
    const host = createHost({ basePath: '/hub', page: consolePage({ basePath: '/hub' }) })
    ends.push(() => host.close())
    const { url } = await host.listen(0)
    const page = await browser.page()
    await page.goto(url.replace(/^ws/, 'http'))
    await page.getByText('No guests yet').waitFor()
    expect(new URL(page.url()).pathname).toBe('/hub/')
    expect(browser.trouble).toEqual([])
  })
})
