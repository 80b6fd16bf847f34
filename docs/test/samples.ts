import { createServer, type AddressInfo } from 'node:net'
import { posix } from 'node:path'
import { runInThisContext } from 'node:vm'
import * as client from '@guestool/client'
import * as core from '@guestool/core'
import * as guest from '@guestool/guest'
import * as guestNode from '@guestool/guest/node'
import * as server from '@guestool/server'
import * as testing from '@guestool/testing'
import ts from 'typescript'
import * as zod from 'zod'
import { root, type Page } from './markdown.js'

/** A fence of JavaScript or TypeScript: a module of its own. */
export interface Sample {
  readonly where: string
  /** Where it would be: other samples of its page import it from there. */
  readonly path: string
  readonly code: string
  /** It is run, not only compiled. */
  readonly runs: boolean
}

/** The samples of a page. Those marked `browser` are for a page's developer console, and compiled by no one. */
export function samplesOf(page: Page): Sample[] {
  const languages = new Set(['js', 'ts'])
  return page.fences
    .filter(({ language, words }) => languages.has(language) && !words.includes('browser'))
    .map(({ where, words, body }) => {
      const unknown = words.find((word) => word !== 'run' && !word.startsWith('file='))
      if (unknown !== undefined) throw new Error(`${where}: what is ${unknown}?`)
      const file = words.find((word) => word.startsWith('file='))?.slice('file='.length)
      const name = file ?? `line-${where.split(':')[1]}.ts`
      return { where, path: sampleAt(page, name), code: body, runs: words.includes('run') }
    })
}

/** A file that is not there, in a folder of the page's own, from which packages are found as from anywhere. */
export function sampleAt(page: Page, name: string): string {
  return posix.join(root, 'docs', 'samples', page.path.replaceAll('/', '-'), name)
}

/** Compiles samples together; what the compiler has to say about them. */
export function problemsIn(samples: readonly Pick<Sample, 'where' | 'path' | 'code'>[]): string[] {
  const byPath = new Map(samples.map((sample) => [sample.path, sample]))
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    typeRoots: [posix.join(root, 'node_modules/@types')],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['@guestool/source'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  }
  const disk = ts.createCompilerHost(options)
  const folders = new Set([...byPath.keys()].map((path) => posix.dirname(path)))
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => byPath.has(path) || disk.fileExists(path),
    directoryExists: (path) => folders.has(path) || disk.directoryExists?.(path) === true,
    getSourceFile: (path, language, ...rest) => {
      const sample = byPath.get(path)
      return sample === undefined
        ? disk.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, sample.code, language, true)
    },
  }
  const program = ts.createProgram([...byPath.keys()], options, host)
  return samples.flatMap(({ where, path }) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
        return `${where}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      },
    )
  })
}

interface Closable {
  close(): Promise<void>
}

/**
 * Where samples run: in this process, on the packages' sources, each port that they name replaced by a free one. What
 * they print is kept, and what they leave open is closed in the end.
 */
export class World {
  /** What was printed: `console.error` is not expected of a sample. */
  readonly printed: string[] = []
  readonly errors: unknown[] = []
  readonly #open: Closable[] = []
  /** Those that the sample made which is running. */
  readonly #guests: guest.Guest[] = []
  readonly #ports = new Map<string, number>()
  readonly #exports = new Map<string, object>()
  readonly #waiting = new Set<() => void>()
  readonly #console = {
    log: (...args: unknown[]) => {
      this.printed.push(args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '))
      for (const wake of this.#waiting) wake()
    },
    error: (error: unknown) => void this.errors.push(error),
  }
  readonly #modules = new Map<string, object>([
    ['@guestool/core', core],
    ['@guestool/client', { ...client, createClient: this.#kept(client.createClient) }],
    ['@guestool/guest', { ...guest, createGuest: this.#kept(guest.createGuest, this.#guests) }],
    ['@guestool/guest/node', guestNode],
    ['@guestool/server', { ...server, createHost: this.#kept(server.createHost) }],
    ['@guestool/testing', testing],
    ['zod', zod],
  ])

  /** Runs a sample to its end; guests that it made have joined then. */
  async run({ path, code, where }: Sample): Promise<void> {
    const { outputText } = ts.transpileModule(await this.#withFreePorts(code), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    })
    const exports = {}
    const load = (name: string): object => {
      const module = this.#modules.get(name) ?? this.#exports.get(posix.join(posix.dirname(path), name))
      if (module === undefined) throw new Error(`${where} imports ${name}, which no sample exports`)
      return module
    }
    const program = `(async (require, exports, console) => {${outputText}\n})`
    const main: (require: typeof load, exports: object, console: object) => Promise<void> = runInThisContext(
      program,
      { filename: where },
    )
    await main(load, exports, this.#console)
    await Promise.all(this.#guests.splice(0).map(joined))
    this.#exports.set(path.replace(/\.ts$/, '.js'), exports)
  }

  /** Waits for a line. */
  async prints(line: RegExp): Promise<void> {
    while (!this.printed.some((printed) => line.test(printed))) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Ends what the samples left open: who dials first. */
  async close(): Promise<void> {
    for (const open of this.#open.splice(0).toReversed()) await open.close()
  }

  #kept<A extends unknown[], T extends Closable>(make: (...args: A) => T, list?: T[]): (...args: A) => T {
    return (...args) => {
      const made = make(...args)
      this.#open.push(made)
      list?.push(made)
      return made
    }
  }

  async #withFreePorts(code: string): Promise<string> {
    for (const [port = ''] of code.matchAll(/\b371\d\d\b/g)) {
      if (!this.#ports.has(port)) this.#ports.set(port, await freePort())
    }
    return code.replaceAll(/\b371\d\d\b/g, (port) => String(this.#ports.get(port)))
  }
}

/** People start a console when they see that the guest is there. */
function joined(one: guest.Guest): Promise<void> {
  return new Promise((resolve) => {
    one.on('state', (state) => state === 'open' && resolve())
    if (one.state === 'open') resolve()
  })
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}
