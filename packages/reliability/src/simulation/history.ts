import { createHash } from 'node:crypto'

/** A promise of the SDK that was broken. */
export interface Violation {
  readonly invariant: string
  readonly what: string
  /** Milliseconds of the world. */
  readonly at: number
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gi

/** What happened in a world, line by line: two runs of one seed have the same. */
export class History {
  readonly lines: string[] = []
  readonly violations: Violation[] = []
  readonly #now: () => number
  /** Opids are random: here each is called by when it first appeared. */
  readonly #opids = new Map<string, string>()

  constructor(now: () => number) {
    this.#now = now
  }

  add(line: string): void {
    const said = line.replaceAll(uuids, (opid) => this.#nameOf(opid))
    this.lines.push(`${String(Math.round(this.#now())).padStart(7)} ${said}`)
  }

  violated(invariant: string, what: string): void {
    this.violations.push({
      invariant,
      what: what.replaceAll(uuids, (opid) => this.#nameOf(opid)),
      at: this.#now(),
    })
    this.add(`VIOLATED ${invariant}: ${what}`)
  }

  get digest(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex')
  }

  #nameOf(opid: string): string {
    const known = this.#opids.get(opid)
    if (known !== undefined) return known
    const name = `#${this.#opids.size + 1}`
    this.#opids.set(opid, name)
    return name
  }
}
