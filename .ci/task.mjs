// What the scripts of package.json run: sets the clone up if need be, then does one task. Arguments are handed on:
// `npm start -- --once`, `npm test -- packages/core`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ensureChromium } from './chromium.mjs'
import { pnpm, root, setup } from './setup.mjs'

const [task = '', ...args] = process.argv.slice(2)

/**
 * Runs a script of an installed package with this Node, and ends the task if it fails.
 *
 * @param {string} command
 * @param {string[]} parameters
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, parameters = [], env = {}) {
  const name = command.replace(/^(@[^/]+\/[^/]+|[^/]+)\/(.*)$/, '$1')
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const script = join(folder, typeof bin === 'string' ? bin : bin[command.slice(name.length + 1) || name])
  const { status, error } = spawnSync(process.execPath, [script, ...parameters], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const build = () => run('typescript/tsc', ['-b', 'packages/tsconfig.build.json'])
/** Tests are type-checked with everything they see, type tests (*.test-d.ts) among them. */
const typecheck = () => run('typescript/tsc', ['-b', 'packages'])

/** Runs a script in this process: Ctrl-C and exit codes are its own. @param {string} file */
async function main(file) {
  const path = join(root, file)
  process.argv.splice(1, Infinity, path, ...args)
  await import(pathToFileURL(path).href)
}

/** Checks the packages as they would be published. */
function hygiene() {
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  )
  // What an older build left behind must not be packed.
  for (const name of packages) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true })
  build()
  run('knip')
  const folder = mkdtempSync(join(tmpdir(), 'guestool-pack-'))
  try {
    const status = pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) process.exit(status)
    for (const name of readdirSync(folder)) {
      run('publint', [join(folder, name), '--strict'])
      run('@arethetypeswrong/cli/attw', [join(folder, name), '--profile', 'esm-only', '--quiet'])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  run('size-limit')
}

/** @type {Record<string, () => void | Promise<void>>} */
const tasks = {
  start: async () => {
    build()
    await main('examples/monitor/dist/main.js')
  },
  test: () => {
    typecheck()
    // Without Chromium all other tests still run; a machine that only tests must not pass for that reason.
    if (!ensureChromium() && process.env['CI']) process.exit(1)
    run('vitest', ['run', ...args])
  },
  'test:slow': () => {
    typecheck()
    run('vitest', ['run', ...args], { GUESTOOL_SLOW: '1' })
  },
  'test:coverage': () => run('vitest', ['run', '--coverage', ...args]),
  build,
  typecheck,
  lint: () => run('oxlint', ['--type-aware', '--deny-warnings', ...args]),
  format: () => run('oxfmt', args),
  'format:check': () => run('oxfmt', ['--check', ...args]),
  hygiene,
  bench: async () => {
    build()
    await main('packages/bench/src/main.mjs')
  },
}

const chosen = Object.hasOwn(tasks, task) ? tasks[task] : undefined
if (!chosen) {
  console.error(`No task ${JSON.stringify(task)}. There are: ${Object.keys(tasks).join(', ')}`)
  process.exit(1)
}
setup()
await chosen()
