// tmux, the terminal that the tests of the command line type at, and jq, which reads what it prints.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { aptInstall } from './apt.mjs'

/** @param {'tmux' | 'jq'} name @returns {string | undefined} the path of the first one on this machine */
export function findTool(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Finds a tool, installing it where that needs no question; otherwise says in one line how to. @param {'tmux' | 'jq'} name */
export function ensureTool(name) {
  const found = findTool(name)
  if (found) return found
  aptInstall(name)
  const installed = findTool(name)
  if (installed) return installed
  console.error(
    `No ${name}: the tests of the command line that need it are skipped. Install it (Debian: \`sudo apt-get install -y ${name}\`).`,
  )
  return undefined
}
