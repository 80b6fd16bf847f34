// Builds dist/page: the console's page, and browser.js with browser.css to put it into a page of somebody else's.
// `node packages/console/bundle.mjs` does nothing when no source is newer than what it built; `--force` builds always.
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = fileURLToPath(new URL('.', import.meta.url))
const page = join(here, 'dist/page')

/** What the page is made of. */
const sources = ['src', 'index.html', 'bundle.mjs', 'package.json', '../client/src', '../core/src']

/** @param {string} path @returns {number} when it, or what is in it, was last changed */
function changed(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))))
}

function isFresh() {
  const built = join(page, 'browser.css')
  return existsSync(built) && sources.every((path) => changed(join(here, path)) < statSync(built).mtimeMs)
}

if (process.argv.includes('--force') || !isFresh()) {
  const { build } = await import('vite')
  await build({
    root: here,
    configFile: false,
    base: './',
    logLevel: 'warn',
    resolve: { conditions: ['@guestool/source', 'module', 'browser', 'production'] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: page,
      emptyOutDir: true,
      target: 'es2022',
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: {
        input: { index: join(here, 'index.html'), browser: join(here, 'src/browser.ts') },
        preserveEntrySignatures: 'exports-only',
        output: {
          entryFileNames: ({ name }) => (name === 'browser' ? 'browser.js' : 'assets/[name]-[hash].js'),
        },
      },
    },
  })
  const assets = join(page, 'assets')
  const style = readdirSync(assets).find((name) => name.endsWith('.css'))
  if (style === undefined) throw new Error('the build of the console has no style sheet')
  // What is served is never made smaller while somebody waits for it.
  for (const name of readdirSync(page, { recursive: true, encoding: 'utf8' })) {
    const file = join(page, name)
    if (/\.(js|css|html)$/.test(name)) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }))
  }
  copyFileSync(join(assets, style), join(page, 'browser.css'))
}
