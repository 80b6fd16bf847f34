// JSON as Python's `json` module reads and writes it, as far as one can see it on the wire.

/** A number that Python holds as a float: `100.0` stays `100.0`. */
export class PyFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** What `json.loads` makes. Objects are Maps: unlike JavaScript's, a dict keeps the order of keys such as "10001". */
export type PyValue = null | boolean | number | bigint | string | PyFloat | PyValue[] | Map<string, PyValue>

/** `json.dumps` with its defaults: spaces after `,` and `:`, everything beyond ASCII escaped. */
export function pyDumps(value: PyValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return pyString(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof PyFloat) return pyFloat(value.value)
  if (Array.isArray(value)) return `[${value.map(pyDumps).join(', ')}]`
  const items = [...value].map(([key, item]) => `${pyString(key)}: ${pyDumps(item)}`)
  return `{${items.join(', ')}}`
}

/** `repr` of a float: the shortest digits that read back the same, with an exponent from 1e16 on and below 1e-4. */
export function pyFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/([+-])(\d)$/, '$10$2')
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const escapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\b', '\\b'],
])

// One UTF-16 unit at a time: a character beyond the BMP becomes two escapes, as in Python.
function pyString(text: string): string {
  const escaped = text.replaceAll(
    /["\\]|[^ -~]/g,
    (unit) => escapes.get(unit) ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

const space = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const words: readonly [string, PyValue][] = [
  ['null', null],
  ['true', true],
  ['false', false],
  // What no JSON has, Python reads and writes.
  ['NaN', new PyFloat(NaN)],
  ['Infinity', new PyFloat(Infinity)],
  ['-Infinity', new PyFloat(-Infinity)],
]

/**
 * `json.loads`: keeps floats and ints apart, reads `NaN`, takes ints of any size.
 *
 * @throws {SyntaxError} where Python raises `JSONDecodeError`
 */
export function pyLoads(text: string): PyValue {
  const reader = new Reader(text)
  const value = reader.value()
  reader.end()
  return value
}

// Python raises RecursionError at a thousand frames, some of which are taken before its reader starts.
const maxDepth = 950

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): PyValue {
    this.#match(space)
    if (this.#take('{')) return this.#nested(() => this.#object())
    if (this.#take('[')) return this.#nested(() => this.#array())
    if (this.#text[this.#at] === '"') return this.#string()
    for (const [word, value] of words) if (this.#take(word)) return value
    return this.#number()
  }

  end(): void {
    this.#match(space)
    if (this.#at < this.#text.length) this.#fail('extra data')
  }

  #nested(read: () => PyValue): PyValue {
    if (this.#depth >= maxDepth) this.#fail('too deep')
    this.#depth++
    const value = read()
    this.#depth--
    return value
  }

  #object(): Map<string, PyValue> {
    const object = new Map<string, PyValue>()
    this.#match(space)
    if (this.#take('}')) return object
    do {
      this.#match(space)
      const key = this.#string()
      this.#match(space)
      if (!this.#take(':')) this.#fail('expected ":"')
      object.set(key, this.value())
      this.#match(space)
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail('expected "," or "}"')
    return object
  }

  #array(): PyValue[] {
    const array: PyValue[] = []
    this.#match(space)
    if (this.#take(']')) return array
    do {
      array.push(this.value())
      this.#match(space)
    } while (this.#take(','))
    if (!this.#take(']')) this.#fail('expected "," or "]"')
    return array
  }

  #string(): string {
    const found = this.#match(string)?.[0]
    if (found === undefined) return this.#fail('expected a string')
    return String(JSON.parse(found))
  }

  #number(): PyValue {
    const found = this.#match(number)
    if (found === undefined) return this.#fail('expected a value')
    const [digits, fraction, exponent] = found
    if (fraction !== undefined || exponent !== undefined) return new PyFloat(Number(digits))
    const int = Number(digits)
    return Number.isSafeInteger(int) ? int : BigInt(digits)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  #fail(problem: string): never {
    throw new SyntaxError(`${problem} at ${this.#at}`)
  }
}
