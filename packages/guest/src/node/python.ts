import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GuestoolError } from '@guestool/core'
import type { ResultOf, SystemInfoHandlers } from './handlers.js'
import { abortable, once } from './sampling.js'

const run = promisify(execFile)

/** Milliseconds: a version manager's wrapper may take a second the first time. */
const patience = 10_000

/** Five numbers in a line, then the version, which may have line breaks of its own. Runs on Python 2 too. */
const script = [
  'import sys',
  "sys.stdout.write('%d %d %d %s %d\\n' % tuple(sys.version_info) + sys.version)",
].join('\n')

async function askInterpreter(python: string): Promise<ResultOf<'python_version'>> {
  // -E and -S: neither the environment nor site packages have a say, and it starts quicker.
  const options = { timeout: patience, killSignal: 'SIGKILL', windowsHide: true } as const
  const { stdout } = await run(python, ['-E', '-S', '-c', script], options).catch((cause: unknown) => {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw unsupported(python, missing ? 'was not found' : 'did not run as a Python interpreter', cause)
  })
  const [, numbers, release_level, serial, version_string] =
    /^(\d+ \d+ \d+) (\w+) (\d+)\r?\n(.+)$/s.exec(stdout.trim()) ?? []
  if (release_level === undefined || version_string === undefined)
    throw unsupported(python, 'is no Python interpreter')
  const [major = 0, minor = 0, micro = 0] = (numbers ?? '').split(' ').map(Number)
  return { version_string, version_info: { major, minor, micro, release_level, serial: Number(serial) } }
}

function unsupported(python: string, why: string, cause?: unknown): GuestoolError {
  const text = `no Python: \`${python}\` ${why}; pass systemInfo({ python: … })`
  return new GuestoolError('unsupported', text, { cause })
}

/**
 * `python_version`: what an interpreter calls `sys.version` and `sys.version_info`. It is run once; only a
 * failure is asked again.
 *
 * @throws {GuestoolError} `unsupported` when it is not found or says nothing of the kind
 */
export function pythonVersion(python = 'python3'): SystemInfoHandlers['python_version'] {
  const version = once(() => askInterpreter(python))
  return (_params, { signal }) => abortable(version(), signal)
}
