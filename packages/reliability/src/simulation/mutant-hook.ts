import { readFile } from 'node:fs/promises'
import { register, type LoadHook } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { mutants } from './mutants.js'

// Loaded with `node --import`, and by that on Node's loader thread, where it changes one module on its way in. Nothing
// is written anywhere.

const mutant = mutants[Number(process.env['SIMULATION_MUTANT'])]

if (isMainThread) register(import.meta.url)

export const load: LoadHook = async (url, context, next) => {
  if (mutant === undefined || !url.endsWith(`/packages/${mutant.package}/dist/${mutant.file}.js`))
    return next(url, context)
  const source = await readFile(new URL(url), 'utf8')
  if (source.split(mutant.find).length !== 2)
    throw new Error(`"${mutant.find}" does not stand once in ${url}`)
  return { format: 'module', shortCircuit: true, source: source.replace(mutant.find, () => mutant.replace) }
}
