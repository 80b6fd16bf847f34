import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokens } from '@guestool/server'
import { onTestFinished } from 'vitest'

/** A file with tokens for the guest alpha and for a console that only reads, gone with the test. */
export async function tokenFile(): Promise<{ file: string; alpha: string; console: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'guestool-tokens-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'tokens.json')
  const keys = tokens(file)
  return {
    file,
    alpha: await keys.add({ role: 'guest', id: 'alpha' }),
    console: await keys.add({ role: 'console' }),
  }
}
