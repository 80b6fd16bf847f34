// Which Chromium the browser tests run in. Playwright's own download is not used.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { aptInstall } from './apt.mjs'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome.exe',
  'msedge.exe',
]

const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env['PROGRAMFILES'] ?? '', 'Google/Chrome/Application/chrome.exe'),
  join(process.env['PROGRAMFILES(X86)'] ?? '', 'Microsoft/Edge/Application/msedge.exe'),
]

export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @returns {string | undefined} the path of a Chromium: `CHROMIUM_PATH`, else the first one found on this machine */
export function findChromium() {
  const given = process.env['CHROMIUM_PATH']
  if (given) return existsSync(given) ? given : undefined
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin')
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...elsewhere].find(
    (path) => existsSync(path),
  )
}

/** Finds Chromium, installing it where that needs no question; otherwise says in one line how to. */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  if (!process.env['CHROMIUM_PATH']) aptInstall('chromium')
  const installed = findChromium()
  if (installed) return installed
  console.error(
    'No Chromium: the browser tests cannot run. Install one (Debian: `sudo apt-get install -y chromium`) or set CHROMIUM_PATH to a Chrome or Chromium.',
  )
  return undefined
}
