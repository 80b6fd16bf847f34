// What the scripts of package.json run: sets the clone up if need be, then does one task. Arguments are handed on:
// `npm start -- --once`, `npm test -- packages/core`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { ensureChromium } from './chromium.mjs'
import { consumerWorks } from './consumer.mjs'
import { ensureNginx } from './nginx.mjs'
import { pnpm, root, setup } from './setup.mjs'
import { ensureTool } from './terminal.mjs'

const [task = '', ...args] = process.argv.slice(2)

/**
 * Runs a script of an installed package with this Node.
 *
 * @param {string} command
 * @param {string[]} parameters
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {boolean} whether it succeeded
 */
function succeeds(command, parameters = [], env = {}) {
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
  return status === 0
}

/** As `succeeds`, but a failure ends the task. @type {(...call: Parameters<typeof succeeds>) => void} */
function run(...call) {
  if (!succeeds(...call)) process.exit(1)
}

const compile = () => run('typescript/tsc', ['-b', 'packages/tsconfig.build.json'])

/** Makes the client in one file, of what was compiled, and the console's page. @returns {boolean} whether it succeeded */
const bundled = () => bundles('client') && bundles('console')

/** Runs the bundle.mjs of a package. @param {string} name @returns {boolean} whether it succeeded */
function bundles(name) {
  const script = join(root, 'packages', name, 'bundle.mjs')
  const { status, error } = spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit' })
  if (error) throw error
  return status === 0
}

function build() {
  compile()
  if (!bundled()) process.exit(1)
}

/** Packages and tests, type tests (*.test-d.ts) among them. */
const typesHold = () => succeeds('typescript/tsc', ['-b', 'packages'])

/**
 * Runs the tests, also when their types are wrong; what failed before them is counted as failed by the reporter.
 *
 * @param {boolean[]} before
 * @param {NodeJS.ProcessEnv} [env]
 */
function test(before, env) {
  const failed = before.filter((good) => !good).length
  run('vitest', ['run', ...args], { ...env, GUESTOOL_FAILED_BEFORE: String(failed) })
  if (failed > 0) process.exit(1)
}

/** Runs a script in this process: Ctrl-C and exit codes are its own. @param {string} file @param {string[]} words */
async function main(file, words = args) {
  const path = join(root, file)
  process.argv.splice(1, Infinity, path, ...words)
  await import(pathToFileURL(path).href)
}

/** The command line, with what it remembers in the clone. @param {string[]} words */
async function guestool(words) {
  process.env['GUESTOOL_DATA'] ||= join(root, '.guestool')
  process.env['GUESTOOL_COMMAND'] ||= 'npm run guestool --'
  await main('packages/cli/dist/main.js', words)
}

/** One of the long runs that show what the SDK promises. @param {string} name */
async function proof(name) {
  compile()
  await main(`packages/reliability/dist/${name}/main.js`)
}

/** Checks the packages as they would be published. */
function hygiene() {
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  )
  // What an older build left behind must not be packed.
  for (const name of packages) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true })
  build()
  run('knip', ['--no-config-hints'])
  const folder = mkdtempSync(join(tmpdir(), 'guestool-pack-'))
  const privately = ['bench', 'reliability'].flatMap((name) => ['--filter', `!@guestool/${name}`])
  const published = ['--filter', './packages/*', ...privately]
  const packed = pnpm(['--recursive', ...published, 'pack', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const good = [
    packed === 0,
    ...readdirSync(folder).flatMap((name) => [
      succeeds('publint', [join(folder, name), '--strict']),
      // Styles have no types.
      succeeds('@arethetypeswrong/cli/attw', [
        join(folder, name),
        '--profile',
        'esm-only',
        '--quiet',
        '--exclude-entrypoints',
        'browser.css',
      ]),
    ]),
    consumerWorks(folder),
    succeeds('size-limit'),
  ]
  rmSync(folder, { recursive: true, force: true })
  if (good.includes(false)) process.exit(1)
}

/** @type {Record<string, () => void | Promise<void>>} */
const tasks = {
  start: async () => {
    compile()
    if (!bundles('console')) process.exit(1)
    const once = args.includes('--once')
    await guestool(
      once ? ['check', ...args.filter((word) => word !== '--once')] : ['host', '--guest', ...args],
    )
  },
  guestool: async () => {
    compile()
    await guestool(args)
  },
  test: () => {
    // Without Chromium, nginx or tmux all other tests still run; a machine that only tests must not pass for that reason.
    const parts = [ensureChromium(), ensureNginx(), ensureTool('tmux'), ensureTool('jq')].map(
      (path) => path !== undefined || !process.env['CI'],
    )
    // The examples are tested as they are run: on what was built.
    test([typesHold(), bundled(), ...parts])
  },
  'test:slow': () => {
    ensureNginx()
    test([typesHold()], { GUESTOOL_SLOW: '1' })
  },
  'test:coverage': () => {
    build()
    run('vitest', ['run', '--coverage', ...args])
  },
  build,
  typecheck: () => process.exit(typesHold() ? 0 : 1),
  lint: () => run('oxlint', ['--type-aware', '--deny-warnings', ...args]),
  format: () => run('oxfmt', args),
  'format:check': () => run('oxfmt', ['--check', ...args]),
  hygiene,
  simulate: () => proof('simulation'),
  fuzz: () => proof('fuzz'),
  chaos: () => proof('chaos'),
  soak: () => proof('soak'),
  bench: async () => {
    build()
    await main('packages/bench/src/main.mjs')
  },
  'bench:peers': async () => {
    build()
    await main('packages/bench/src/peers/main.mjs')
  },
}

const chosen = Object.hasOwn(tasks, task) ? tasks[task] : undefined
if (!chosen) {
  console.error(`No task ${JSON.stringify(task)}. There are: ${Object.keys(tasks).join(', ')}`)
  process.exit(1)
}
setup()
await chosen()
