import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { pythonVersion } from './python.js'

const context = { signal: new AbortController().signal, deadline: 0, opid: '' }

const python = spawnSync('python3', ['--version'], { encoding: 'utf8' })

it.runIf(python.status === 0)('is what the interpreter says of itself', async () => {
  const { version_string, version_info } = await pythonVersion()({}, context)
  const { major, minor, micro, ...more } = version_info
  expect(python.stdout.trim()).toContain(`Python ${major}.${minor}.${micro}`)
  expect(version_string.startsWith(`${major}.${minor}.${micro}`)).toBe(true)
  expect(more).toEqual({ release_level: expect.any(String), serial: expect.any(Number) })
})

it('says what to do without an interpreter', async () => {
  await expect(pythonVersion('no-such-python')({}, context)).rejects.toMatchObject({
    code: 'unsupported',
    message: 'no Python: `no-such-python` was not found; pass systemInfo({ python: … })',
  })
})

it('says so when it is something else', async () => {
  await expect(pythonVersion(process.execPath)({}, context)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('did not run as a Python interpreter'),
  })
})

describe.runIf(process.platform !== 'win32')('run as a program', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestool-python-'))
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  /** A stand-in for Python, which notes every run. */
  function standIn(body: string) {
    const [program, runs] = [join(folder, 'my python'), join(folder, 'runs')]
    writeFileSync(program, `#!/bin/sh\necho run >> '${runs}'\n${body}\n`)
    chmodSync(program, 0o755)
    return { program, runs: () => readFileSync(runs, 'utf8').split('\n').length - 1 }
  }

  it('is run once, for callers at the same time and later, and needs no shell for a blank in its name', async () => {
    const { program, runs } = standIn("printf '3 12 1 candidate 2\\r\\n3.12.1rc2 (main) \\n[GCC 8.3.0]'")
    const handler = pythonVersion(program)
    const [first] = await Promise.all([handler({}, context), handler({}, context)])
    expect(first).toEqual({
      version_string: '3.12.1rc2 (main) \n[GCC 8.3.0]',
      version_info: { major: 3, minor: 12, micro: 1, release_level: 'candidate', serial: 2 },
    })
    await handler({}, context)
    expect(runs()).toBe(1)
  })

  it('is run again after it failed', async () => {
    const { program, runs } = standIn('echo hello')
    const handler = pythonVersion(program)
    for (let call = 0; call < 2; call++) {
      await expect(handler({}, context)).rejects.toMatchObject({
        message: expect.stringContaining('is no Python'),
      })
    }
    expect(runs()).toBe(2)
  })

  it('does not keep a caller whose signal fires', async () => {
    const { program } = standIn("sleep 0.1; printf '3 12 1 final 0\\n3.12.1 (main)'")
    const handler = pythonVersion(program)
    const controller = new AbortController()
    const [leaving, staying] = [handler({}, { ...context, signal: controller.signal }), handler({}, context)]
    controller.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    expect((await staying).version_info.minor).toBe(12)
  })
})
