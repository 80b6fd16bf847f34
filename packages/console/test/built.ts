import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Before any test: the page that is looked at is the page of these sources. Does nothing when it is. */
export function setup(): void {
  const script = fileURLToPath(new URL('../bundle.mjs', import.meta.url))
  const { status, error } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0)
    throw new Error('The page of the console could not be built: above is why', { cause: error })
}
