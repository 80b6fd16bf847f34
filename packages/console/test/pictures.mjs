// Makes the pictures of docs/: `node packages/console/test/pictures.mjs [FOLDER]`, after `npm run build`. They show a
// real host and scripted guests that lived through three hours.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

import { chromiumArgs, findChromium } from '../../../.ci/chromium.mjs'
import { startPast } from './past.mjs'
import { startStage } from './stage.mjs'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../../docs/pictures', import.meta.url))
mkdirSync(folder, { recursive: true })

const past = startPast(180)
const stage = await startStage({ clock: past.clock, tokens: true })
const names = [
  'weather',
  'music',
  'moderator',
  'shop',
  'rss-feed',
  'translator',
  'dice',
  'archive',
  'welcome',
  'quiz',
]
for (const name of names) await stage.add(name)
for (let n = 1; n <= 14; n++) await stage.add(`group-${n}`)
const shop = stage.guests.get('shop')
await past.live(async (minute) => {
  for (const [id, { bots }] of stage.guests) {
    for (const bot of Object.keys(bots.handlers().bots_connect_time())) {
      // One falls silent near the end.
      if (id === 'quiz' && minute > 100) continue
      for (let n = 0; n < id.length * 3; n++) bots.received(bot, 'GroupMessageEvent')
      for (let n = 0; n < id.length; n++) bots.called(bot, 'send_msg')
    }
  }
  if (minute === 150) await stage.remove('archive')
  if (minute === 160)
    for (const bot of shop?.bots.handlers().bots().slice(1) ?? []) shop?.bots.disconnected(bot)
})

const browser = await chromium.launch({ args: chromiumArgs, executablePath: findChromium() ?? '' })
/** @param {string} name @param {import('playwright-core').BrowserContextOptions} options @param {string} [hash] @param {(page: import('playwright-core').Page) => Promise<unknown>} [then] */
async function picture(name, options, hash = '', then) {
  const context = await browser.newContext({ viewport: { width: 1060, height: 600 }, ...options })
  const page = await context.newPage()
  await page.goto(await stage.link())
  await page.locator('.fleet-row').first().waitFor()
  await page.goto(stage.url + hash)
  await then?.(page)
  await page.waitForTimeout(2_500)
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  console.log(`${path}: ${Math.round(statSync(path).size / 1000)} KB`)
  await context.close()
}

await picture('fleet', {})
await picture('fleet-dark', { colorScheme: 'dark' }, '', (page) =>
  page.getByRole('button', { name: 'Bots of shop' }).click(),
)
await picture('fleet-phone', { viewport: { width: 390, height: 780 }, locale: 'zh-CN' })
await picture('guest-dark', { colorScheme: 'dark', locale: 'zh-CN' }, '#/guest/weather')
await picture('timeline', {}, '#/timeline')
await picture(
  'wire',
  { viewport: { width: 1000, height: 500 }, colorScheme: 'dark' },
  '#/wire',
  async (page) => {
    // What other views ask is on the wire.
    await page.locator('.wire').waitFor()
    await page.goto(`${stage.url}#/guest/weather`)
    await page.locator('.chart canvas').first().waitFor()
    await page.goto(`${stage.url}#/wire`)
    await page.locator('.wire-row', { hasText: 'info memory' }).filter({ hasText: '←' }).first().click()
  },
)
await picture('add', { viewport: { width: 640, height: 850 } }, '', async (page) => {
  await page.getByRole('button', { name: 'Add a guest' }).click()
  await page.getByLabel('Name of the guest').fill('alpha')
  await page.keyboard.press('Enter')
  await page.locator('.add-line').waitFor()
})
await browser.close()
past.stop()
await stage.close()
process.exit()
