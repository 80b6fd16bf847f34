import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { mutants } from './mutants.js'

/** What became of a mutant: an invariant, and after how many histories. */
interface Fate {
  readonly invariant: string | undefined
  readonly histories: number
}

/**
 * Runs the simulation with each deliberate fault in turn, in a process of its own. Resolves with how many it did not
 * catch.
 */
export async function huntMutants(seed: number, say: (text: string) => void): Promise<number> {
  let missed = 0
  for (const [index, { what, package: name, file }] of mutants.entries()) {
    const { invariant, histories } = await hunt(index, seed)
    if (invariant === undefined) missed++
    say(
      `${invariant === undefined ? 'MISSED' : 'caught'} ${name}/${file}: ${what}; ${invariant ?? 'nothing'} after ${histories}`,
    )
  }
  say(`${mutants.length - missed} of ${mutants.length} deliberate faults are caught`)
  return missed
}

async function hunt(index: number, seed: number): Promise<Fate> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('mutant-hook.js', import.meta.url).href,
      fileURLToPath(new URL('mutant-main.js', import.meta.url)),
      String(seed),
    ],
    { env: { ...process.env, SIMULATION_MUTANT: String(index) }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  const [histories, invariant] = said.trim().split(' ')
  if (histories === undefined || histories === '')
    throw new Error(`the process of mutant ${index} said nothing`)
  return { histories: Number(histories), invariant }
}
