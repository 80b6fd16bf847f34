// Installs a package of Debian's where that needs no question.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Whether its lists are new; undefined before the first try. @type {boolean | undefined} */
let listed

/**
 * As root on Debian; elsewhere it does nothing. Whether it worked is for the caller to see, by what it wanted.
 *
 * @param {string} name
 */
export function aptInstall(name) {
  // Where it could not be reached once, nobody waits for it again.
  if (listed === false || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  console.error(`${name} is missing: installing it with apt-get`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['ignore', 'ignore', 'inherit']
  try {
    if (listed === undefined) {
      listed = false
      execFileSync('apt-get', ['update', '-qq'], { stdio, env })
      listed = true
    }
    execFileSync('apt-get', ['install', '-y', '-qq', name], { stdio, env })
  } catch (error) {
    console.error(`apt-get failed: ${String(error)}`)
  }
}
