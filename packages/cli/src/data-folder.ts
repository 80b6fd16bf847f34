import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { textOf } from '@guestool/core'
import type { Tokens } from '@guestool/server'
import envPaths from 'env-paths'
import type { z } from 'zod'
import { Problem } from './failure.js'

/** Where the command line keeps what it must remember: for its owner alone (0700, files 0600). */
export class DataFolder {
  readonly path: string

  constructor(path: string) {
    this.path = resolve(path)
  }

  /** The one that is given, else that of GUESTOOL_DATA, else the one that this system has for such things. */
  static at(given: string | undefined): DataFolder {
    const { GUESTOOL_DATA } = process.env
    return new DataFolder(given ?? (GUESTOOL_DATA || envPaths('guestool', { suffix: '' }).data))
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /** The tokens of the host that has this folder. Makes the folder. */
  async tokens(): Promise<Tokens> {
    await this.make()
    // A host's code is loaded where it is needed: most commands, and completion, begin sooner without it.
    const { tokens } = await import('@guestool/server')
    return tokens(this.file('tokens.json'))
  }

  async make(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw this.#problem('cannot make the data folder', this.path, error)
    }
  }

  /** What a file says, or undefined where there is none. */
  async read<T>(name: string, form: z.ZodType<T>): Promise<T | undefined> {
    const path = this.file(name)
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw this.#problem('cannot read', path, error)
    }
    try {
      return form.parse(JSON.parse(text))
    } catch {
      // The cause would show a piece of the file, which may be a token.
      const advice = 'correct it, or remove it to start anew'
      throw new Problem('failed', `${path} is not what guestool writes there; ${advice}`)
    }
  }

  /** Replaces a file as a whole, so that nobody ever reads half of it. */
  async write(name: string, content: unknown): Promise<void> {
    await this.make()
    await writePrivately(this.file(name), textOfJson(content))
  }

  /** Makes a file that is not there yet, as a whole; false when it is. */
  async create(name: string, content: unknown): Promise<boolean> {
    await this.make()
    const next = this.file(`${name}.${randomBytes(6).toString('hex')}.new`)
    await writePrivately(next, textOfJson(content))
    try {
      await link(next, this.file(name))
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw this.#problem('cannot make', this.file(name), error)
    } finally {
      await unlink(next)
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await unlink(this.file(name))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw this.#problem('cannot remove', this.file(name), error)
    }
  }

  #problem(what: string, path: string, error: unknown): Problem {
    const advice = 'choose another data folder with --data or GUESTOOL_DATA, or see to its permissions'
    return new Problem('failed', `${what} ${path}: ${textOf(error)}\n${advice}`, { cause: error })
  }
}

/** Replaces a file as a whole, or not at all. A new one is for its owner alone; another stays whose it is. */
export async function writePrivately(
  path: string,
  text: string,
  before?: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<void> {
  const next = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    const file = await open(next, 'wx', 0o600)
    try {
      await file.writeFile(text)
      if (before !== undefined) {
        // Only root may give a file away.
        await file.chown(before.uid, before.gid).catch(() => undefined)
        await file.chmod(before.mode & 0o7777)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(next, path)
  } catch (error) {
    await unlink(next).catch(() => undefined)
    throw new Problem('failed', `cannot write ${path}: ${textOf(error)}`, { cause: error })
  }
}

function textOfJson(content: unknown): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
