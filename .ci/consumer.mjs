// Installs the packed packages as a project of somebody else would, compiles that project with every declaration
// checked, and runs it.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { root } from './setup.mjs'

/** Compilers' settings that projects have: with bundlers and with Node. */
const settings = [
  { file: 'browser.ts', lib: ['ES2022', 'DOM'], module: 'ESNext', moduleResolution: 'Bundler', types: [] },
  { file: 'browser.ts', lib: ['ES2023', 'DOM'], module: 'NodeNext', moduleResolution: 'NodeNext', types: [] },
  { file: 'node.ts', lib: ['ES2023'], module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'] },
]

/** @param {string} packed the folder of the tarballs @returns {boolean} whether all went well */
export function consumerWorks(packed) {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'guestool-consumer-')))
  try {
    return (
      install(packed, project) && settings.every((setting) => compiles(project, setting)) && runs(project)
    )
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/**
 * Unpacks what was packed; what it depends on is linked from here, since a registry need not be asked for it. False when
 * one imports what nobody would install with it.
 */
function install(/** @type {string} */ packed, /** @type {string} */ project) {
  let whole = true
  const modules = join(project, 'node_modules')
  for (const tarball of readdirSync(packed).filter((name) => name.startsWith('guestool-'))) {
    const unpacked = mkdtempSync(join(project, 'unpacked-'))
    spawnSync('tar', ['xzf', join(packed, tarball), '-C', unpacked], { stdio: 'inherit' })
    const {
      name,
      dependencies = {},
      peerDependencies = {},
    } = JSON.parse(readFileSync(join(unpacked, 'package/package.json'), 'utf8'))
    const needs = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })])
    for (const imported of importsOf(join(unpacked, 'package/dist'))) {
      if (needs.has(imported)) continue
      console.error(`${name} imports ${imported}, which is none of its dependencies`)
      whole = false
    }
    cpSync(join(unpacked, 'package'), join(modules, name), { recursive: true })
    const home = join(folderOf(name), 'node_modules')
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (!dependency.startsWith('@guestool/')) link(join(home, dependency), join(modules, dependency))
    }
  }
  link(join(root, 'node_modules/@types/node'), join(modules, '@types/node'))
  cpSync(join(root, '.ci/consumer'), project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  return whole
}

/** The packages that what was compiled in a folder imports: one that is in no manifest is here, and nowhere else. */
function importsOf(/** @type {string} */ folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  const names = files.flatMap((name) => {
    const code = readFileSync(join(folder, name), 'utf8')
    const found = code.matchAll(/^(?:import|export|\}).* from '([^']+)';?$|\bimport\('([^']+)'\)/gm)
    return [...found].map(([, still, later]) => still ?? later ?? '')
  })
  return new Set(
    names
      .filter((name) => !/^(\.|#|node:)/.test(name))
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? ''),
  )
}

function folderOf(/** @type {string} */ name) {
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = join(root, 'packages', folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === name)
      return dirname(manifest)
  }
  throw new Error(`no package ${name} in packages/`)
}

function link(/** @type {string} */ from, /** @type {string} */ to) {
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { force: true })
  symlinkSync(realpathSync(from), to, 'junction')
}

function compiles(
  /** @type {string} */ project,
  /** @type {typeof settings[number]} */ { file, ...setting },
) {
  const compilerOptions = {
    ...setting,
    target: 'ES2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: 'out',
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  return succeeds([compiler, '-p', project], project, `${file} (${setting.moduleResolution})`)
}

function runs(/** @type {string} */ project) {
  const program = join(project, 'node_modules/guestool/dist/main.js')
  return (
    succeeds([join(project, 'out/node.js')], project, 'node.ts') &&
    succeeds([program, 'token', 'list', '--data', join(project, 'data')], project, 'the command line')
  )
}

function succeeds(/** @type {string[]} */ command, /** @type {string} */ cwd, /** @type {string} */ what) {
  const { status, error } = spawnSync(process.execPath, command, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) console.error(`A project that uses the packed packages fails: ${what}`)
  return status === 0
}
