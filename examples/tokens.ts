import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file of tokens for the guest alpha and for a console that only reads, gone with the test. */
export function tokenFile(): { file: string; alpha: string; console: string } {
  const folder = mkdtempSync(join(tmpdir(), 'guestool-tokens-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'tokens.json')
  writeFileSync(
    file,
    JSON.stringify({ alphasecret: { role: 'guest', id: 'alpha' }, consolesecret: { role: 'console' } }),
  )
  return { file, alpha: 'alphasecret', console: 'consolesecret' }
}
