// Makes a fresh clone ready, with Node and npm alone. Costs a few file reads when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const { engines, packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.guestool-setup')

/** Everything that decides what is installed. */
function fingerprint() {
  const rooms = ['packages', 'examples'].flatMap((room) =>
    existsSync(join(root, room)) ? readdirSync(join(root, room)).map((name) => join(room, name)) : [],
  )
  const manifests = ['.', ...rooms.toSorted()].map((folder) => join(folder, 'package.json'))
  const hash = createHash('sha256').update(`Node ${process.versions.node.split('.', 1)[0]}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(`\n${file}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

/**
 * Runs the pinned pnpm, wherever it comes from; nothing is installed globally.
 *
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function pnpm(args, options) {
  const version = packageManager.replace(/\+.*/, '')
  const npm = process.env['npm_execpath'] ?? ''
  const settings = { cwd: root, stdio: /** @type {const} */ ('inherit'), ...options }
  const { status, error } = npm.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, 'exec', '--yes', '--', version, ...args], settings)
    : spawnSync('npx', ['--yes', version, ...args], { ...settings, shell: process.platform === 'win32' })
  if (error) throw error
  return status ?? 1
}

export function setup() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [needMajor = 0, needMinor = 0] = engines.node.replace('>=', '').split('.').map(Number)
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    console.error(`Node ${engines.node} is needed; this is ${process.version}.`)
    process.exit(1)
  }
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Installing what the workspace needs')
  const install = ['install', '--frozen-lockfile', '--prod=false', '--config.confirm-modules-purge=false']
  const status = pnpm([...install, '--reporter=append-only', '--loglevel=warn'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    console.error('The install failed. After a change to a manifest, renew the lock file: npx pnpm install')
    process.exit(status)
  }
  writeFileSync(stamp, wanted)
}
