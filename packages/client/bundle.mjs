// Builds dist/browser/guestool.js: the client, the whole contract and all they need in one file, which a person can
// import() in a page's developer console; and dist/browser/hub.js, which has the hub as well.
// `node packages/client/bundle.mjs` writes them and prints their sizes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

/** What is built, and from which entry. */
const entries = { guestool: 'browser', hub: 'index' }

/** @param {string} name @returns {string} */
const targetOf = (name) => fileURLToPath(new URL(`dist/browser/${name}.js`, import.meta.url))

/**
 * @param {object} options
 * @param {keyof typeof entries} [options.file] the client alone, or the hub with it
 * @param {'dist' | 'src'} options.from what to build from: what was compiled, or the sources
 * @returns {Promise<{ code: string, map: string, bytes: number, gzipped: number, parts: [file: string, bytes: number][] }>}
 *   `parts` are the largest first
 */
export async function bundle({ file = 'guestool', from }) {
  /** @type {{ minify: true, format: 'esm', target: string }} */
  const smallest = { minify: true, format: 'esm', target: 'es2022' }
  const { outputFiles, metafile } = await build({
    ...smallest,
    entryPoints: [
      fileURLToPath(new URL(`${from}/${entries[file]}.${from === 'src' ? 'ts' : 'js'}`, import.meta.url)),
    ],
    outfile: targetOf(file),
    bundle: true,
    platform: 'browser',
    conditions: from === 'src' ? ['@guestool/source', 'browser'] : ['browser'],
    sourcemap: 'inline',
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  // A second time: once all is in one scope, shorter names are left for most of it. It is 0.7 % of what is sent.
  const { code: minified, map } = await transform(outputFiles[0]?.text ?? '', {
    ...smallest,
    sourcemap: 'external',
    sourcefile: `${file}.js`,
  })
  const code = `${minified}//# sourceMappingURL=${file}.js.map\n`
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint)
  const parts = Object.entries(output?.inputs ?? {})
  return {
    code,
    map,
    bytes: Buffer.byteLength(code),
    gzipped: gzipSync(code, { level: 9 }).length,
    parts: parts
      .map(([path, { bytesInOutput }]) => /** @type {[string, number]} */ ([path, bytesInOutput]))
      .toSorted(([, a], [, b]) => b - a),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of /** @type {(keyof typeof entries)[]} */ (Object.keys(entries))) {
    const target = targetOf(name)
    const { code, map, bytes, gzipped } = await bundle({ file: name, from: 'dist' })
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, code)
    writeFileSync(`${target}.map`, map)
    console.error(`@guestool/client: browser/${name}.js: ${bytes} bytes, ${gzipped} gzipped`)
  }
}
