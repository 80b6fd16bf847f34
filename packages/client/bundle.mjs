// Builds dist/browser/guestool.js: the client, the whole contract and all they need in one file, which a person can
// import() in a page's developer console. `node packages/client/bundle.mjs` writes it and prints its size.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const target = fileURLToPath(new URL('dist/browser/guestool.js', import.meta.url))

/**
 * @param {object} options
 * @param {'dist' | 'src'} options.from what to build from: what was compiled, or the sources
 * @returns {Promise<{ code: string, map: string, bytes: number, gzipped: number, parts: [file: string, bytes: number][] }>}
 *   `parts` are the largest first
 */
export async function bundle({ from }) {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`${from}/index.${from === 'src' ? 'ts' : 'js'}`, import.meta.url))],
    outfile: target,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: from === 'src' ? ['@guestool/source', 'browser'] : ['browser'],
    sourcemap: 'linked',
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  const text = (/** @type {string} */ end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  const code = text('.js')
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint)
  const parts = Object.entries(output?.inputs ?? {})
  return {
    code,
    map: text('.map'),
    bytes: Buffer.byteLength(code),
    gzipped: gzipSync(code, { level: 9 }).length,
    parts: parts
      .map(([file, { bytesInOutput }]) => /** @type {[string, number]} */ ([file, bytesInOutput]))
      .toSorted(([, a], [, b]) => b - a),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code, map, bytes, gzipped } = await bundle({ from: 'dist' })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, code)
  writeFileSync(`${target}.map`, map)
  console.error(`@guestool/client/browser: ${bytes} bytes, ${gzipped} gzipped`)
}
