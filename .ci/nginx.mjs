// Which nginx the tests of examples/nginx start.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { aptInstall } from './apt.mjs'

/** @returns {string | undefined} the path of nginx: `NGINX_PATH`, else the first one found on this machine */
export function findNginx() {
  const given = process.env['NGINX_PATH']
  if (given) return existsSync(given) ? given : undefined
  // Where it is, but not in the PATH of everybody.
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/sbin')
  return folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path))
}

/** Finds nginx, installing it where that needs no question; otherwise says in one line how to. */
export function ensureNginx() {
  const found = findNginx()
  if (found) return found
  // Where systemd runs, the package would start a web server on port 80: that is not for a test to do.
  if (!process.env['NGINX_PATH'] && !existsSync('/run/systemd/system')) aptInstall('nginx')
  const installed = findNginx()
  if (installed) return installed
  console.error(
    'No nginx: the tests of examples/nginx are skipped. Install it (Debian: `sudo apt-get install -y nginx`) or set NGINX_PATH to one.',
  )
  return undefined
}
