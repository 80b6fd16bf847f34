// How the page does with many guests: `node packages/console/test/thousand.mjs [GUESTS]`, after `npm run build`. It measures
// and asserts nothing: machines differ. Guests, host and Chromium share this machine.
import { openBrowser } from './browser.mjs'
import { startStage } from './stage.mjs'

const count = Number(process.argv[2] ?? 1000)
const stage = await startStage({ guests: count })
const browser = await openBrowser()
const page = await browser.page()
await page.addInitScript(() => {
  const tasks = Object.assign(window, { tasks: /** @type {number[]} */ ([]) }).tasks
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(Math.round(duration))
  }).observe({ entryTypes: ['longtask'] })
})

/** @param {string} what */
async function longTasks(what) {
  const tasks = await page.evaluate(() =>
    /** @type {{ tasks: number[] }} */ (/** @type {unknown} */ (window)).tasks.splice(0),
  )
  const sum = tasks.reduce((total, each) => total + each, 0)
  console.log(
    `  ${what}: ${tasks.length} long tasks, ${sum} ms in all, the longest ${Math.max(0, ...tasks)} ms`,
  )
}
/** @param {number} since */
const passed = (since) => `${Math.round(performance.now() - since)} ms`
const show = (/** @type {RegExp} */ name) => page.getByRole('button', { name }).waitFor({ timeout: 120_000 })
const grouped = new Intl.NumberFormat('en').format(count)

console.log(`${count} guests`)
for (const visit of ['the first visit', 'a reload']) {
  const start = performance.now()
  if (visit === 'a reload') await page.reload()
  else await page.goto(stage.url)
  await show(new RegExp(`^All ${grouped}`))
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  )
  console.log(`${visit}: first paint after ${Math.round(paint)} ms, the list filled after ${passed(start)}`)
  await longTasks('until then')
}
const session = await page.context().newCDPSession(page)
await session.send('Performance.enable')
async function measured() {
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (/** @type {string} */ name) => metrics.find((each) => each.name === name)?.value ?? NaN
  return `${of('Nodes')} nodes, ${Math.round(of('JSHeapUsedSize') / 1e6)} MB`
}
console.log(`  ${await measured()}`)

const ids = [...stage.guests.keys()]
let since = performance.now()
await Promise.all(ids.map((id) => stage.remove(id)))
await show(new RegExp(`^Gone ${grouped}`))
console.log(`all of them leave: seen after ${passed(since)}`)
await longTasks('meanwhile')

since = performance.now()
await Promise.all(ids.map((id) => stage.add(id)))
await show(new RegExp(`^Well ${grouped}`))
console.log(`all of them come back: seen after ${passed(since)}`)
await longTasks('meanwhile')

since = performance.now()
await page.getByRole('searchbox').pressSequentially('bot-5', { delay: 30 })
await page.locator('.fleet-row[data-id=bot-500]').waitFor()
await page.getByRole('searchbox').fill('')
await page.getByRole('columnheader').getByRole('button', { name: 'CPU' }).click()
console.log(`filtered, and sorted: ${passed(since)}`)
await longTasks('meanwhile')

await page.evaluate(async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += 700) {
    scrollTo(0, top)
    await new Promise(requestAnimationFrame)
  }
})
await longTasks('scrolled through')
await page.waitForTimeout(35_000)
await longTasks('35 s of looking at it')
console.log(`  ${await measured()}`)
await browser.close()
await stage.close()
