import { constants } from 'node:fs'
import { open, realpath, rename, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GuestoolError, guestPattern, isGuestId, limits, pause, type Clock } from '@guestool/core'
import * as z from 'zod'

const secretForm = z.strictObject({
  /** Of the secret, as base64url. */
  sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
})
const secrets = z.array(secretForm).min(1)
const keyName = z.string().regex(/^[0-9a-z]{8}$/)
/** What a console may do; keys of before there were admins are no admin's. */
const rights = {
  guests: z.string().refine(isPattern),
  actions: z.boolean(),
  admin: z.boolean().default(false),
}
const keyForm = z.discriminatedUnion('role', [
  z.strictObject({ key: keyName, role: z.literal('guest'), id: z.string().refine(isGuestId), secrets }),
  z.strictObject({ key: keyName, role: z.literal('console'), ...rights, secrets }),
  z.strictObject({ key: keyName, role: z.literal('code'), ...rights, secrets }),
])
const fileForm = z.strictObject({ version: z.literal(1), keys: z.array(keyForm) })

/** One secret of a key. Moments are Unix milliseconds; without `expiresAt` it lasts. */
export type Secret = z.infer<typeof secretForm>
/** Who somebody is who has one of the secrets. The newest is the last. */
export type Key = z.infer<typeof keyForm>
export type Keys = ReadonlyMap<string, Key>

/**
 * The keys in a file, which other processes may change as well: what is read is what the file says now, and changes are
 * made one after another. The file is replaced as a whole, so that nobody ever reads half of it.
 */
export class TokenFile {
  readonly #path: string
  readonly #clock: Clock
  #known: { readonly stamp: string; readonly keys: Promise<Keys> } | undefined
  #changes: Promise<unknown> = Promise.resolve()

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  /**
   * The keys; undefined when there is no file yet.
   *
   * @throws {GuestoolError} `failed` when the file cannot be read, or is not what this version writes
   */
  async read(): Promise<Keys | undefined> {
    let file: FileHandle
    try {
      file = await open(this.#path)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw this.#failure('read', codeOf(error), error)
    }
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
      const stamp = [dev, ino, size, mtimeNs, ctimeNs].join()
      // Of a thousand who come at once, after a restart for one, the first has it parsed for all.
      if (this.#known?.stamp !== stamp)
        this.#known = { stamp, keys: file.readFile('utf8').then((text) => this.#parse(text)) }
      return await this.#known.keys
    } catch (error) {
      this.#known = undefined
      throw error instanceof GuestoolError ? error : this.#failure('read', codeOf(error), error)
    } finally {
      await file.close()
    }
  }

  /**
   * Changes the keys. What `edit` throws changes nothing.
   *
   * @throws {GuestoolError} `failed` when the file cannot be read or written, or another process does not stop changing
   *   it; it is as it was then
   */
  change<T>(edit: (keys: Map<string, Key>) => T): Promise<T> {
    const change = this.#changes.then(() => this.#change(edit))
    this.#changes = change.catch(() => undefined)
    return change
  }

  async #change<T>(edit: (keys: Map<string, Key>) => T): Promise<T> {
    const path = await realpath(this.#path).catch(() => this.#path)
    // The new file is the lock as well: whoever makes it may change, and to put it in place is to let others go on.
    const next = `${path}.lock`
    const file = await this.#lock(next)
    let result: T
    try {
      const keys = new Map(await this.read())
      result = edit(keys)
      sweep(keys, this.#clock.wall())
      await this.#writing(async () => {
        await file.writeFile(`${JSON.stringify({ version: 1, keys: [...keys.values()] }, undefined, 2)}\n`)
        await file.sync()
        await file.close()
        await rename(next, path)
      })
    } catch (error) {
      await file.close().catch(() => undefined)
      await unlink(next).catch(() => undefined)
      throw error
    }
    // Two changes may be too close for the times of their files to differ.
    this.#known = undefined
    await this.#writing(() => syncFolder(dirname(path)))
    return result
  }

  async #writing(write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch (error) {
      throw this.#failure('write', codeOf(error), error)
    }
  }

  async #lock(path: string): Promise<FileHandle> {
    for (let waited = 0; ; waited += limits.tokenFilePause) {
      try {
        return await open(path, 'wx', constants.S_IRUSR | constants.S_IWUSR)
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw this.#failure('write', codeOf(error), error)
        if (waited >= limits.tokenFileTimeout) {
          throw this.#failure(
            'write',
            `another process is changing it, or was killed while it did; if there is none, remove ${path}`,
          )
        }
      }
      await pause(this.#clock, limits.tokenFilePause)
    }
  }

  #parse(text: string): Keys {
    let content: unknown
    try {
      content = JSON.parse(text)
    } catch {
      // The cause would show a piece of the file.
      throw this.#failure('read', 'it is no JSON')
    }
    const { data, error } = fileForm.safeParse(content)
    if (data === undefined) {
      const [issue] = error.issues
      throw this.#failure('read', `at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`)
    }
    const keys = new Map(data.keys.map((key) => [key.key, key]))
    if (keys.size < data.keys.length) throw this.#failure('read', 'two keys have the same name')
    return keys
  }

  #failure(what: 'read' | 'write', why: string, cause?: unknown): GuestoolError {
    const text = `cannot ${what} the tokens in ${this.#path}: ${why}`
    return new GuestoolError('failed', text, cause === undefined ? {} : { cause })
  }
}

/** Whether a secret is over. */
export function isOver({ expiresAt = Infinity }: Secret, now: number): boolean {
  return now >= expiresAt
}

/** Takes away what nobody will ask for: codes that are over, and keys of consoles that are for as long as they last. */
function sweep(keys: Map<string, Key>, now: number): void {
  for (const [name, key] of keys) {
    if (key.role === 'guest') continue
    const then = key.role === 'code' ? now : now - limits.consoleTokenLifetime
    if (key.secrets.every((secret) => isOver(secret, then))) keys.delete(name)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function isPattern(text: string): boolean {
  try {
    guestPattern(text)
    return true
  } catch {
    return false
  }
}

/** Brings a rename to the disk: a token that was revoked stays so when the power fails. Windows has no way to say this. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
