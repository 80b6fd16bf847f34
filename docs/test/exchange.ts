import type { Fence } from './markdown.js'

export type PartyName = 'guest' | 'host' | 'console' | 'hub'

/** One line of an exchange: what happens, and how many milliseconds after the line before. */
export type Step = { readonly after: number } & (
  | { readonly type: 'frame'; readonly from: PartyName; readonly text: string }
  | {
      readonly type: 'close'
      readonly by: PartyName
      readonly code: number
      readonly reason?: string | undefined
    }
  /** A call ended: with this error code, or undefined with a result. */
  | { readonly type: 'outcome'; readonly code: string | undefined }
  | { readonly type: 'silence' }
)

/** A fence `jsonc exchange 1`: what two peers say to each other in a revision. */
export interface Exchange {
  readonly where: string
  readonly revision: 1 | 2
  readonly dialler: 'guest' | 'console'
  readonly acceptor: 'host' | 'hub'
  /** Which of the two are played for real; the other one reads its lines from the page. */
  readonly real: readonly PartyName[]
  /** It tells of a connection's very beginning. Otherwise hello was exchanged before. */
  readonly fresh: boolean
  /** The console speaks with the whole hub. */
  readonly whole: boolean
  readonly steps: readonly Step[]
}

const later = String.raw`(?:, (\d+(?:\.\d+)?) s later)?`
const frameLine = new RegExp(String.raw`^// (guest|host|console|hub) → (guest|host|console|hub)${later}$`)
const closeLine = new RegExp(String.raw`^// (guest|host|console|hub) closes with (\d{4})${later}(?:: (.+))?$`)
const outcomeLine = new RegExp(String.raw`^// the call (?:resolves|fails: (\w+))${later}$`)
const silenceLine = new RegExp(String.raw`^// nothing more${later}$`)

/** Reads an exchange. A line that means nothing is an error, or a typing mistake would be a test that passes. */
export function parseExchange({ where, words, body }: Fence): Exchange {
  const [, revision, ...options] = words
  if (revision !== '1' && revision !== '2') throw new Error(`${where}: "exchange 1" or "exchange 2"`)
  const steps: Step[] = []
  const parties = new Set<string>()
  let frame: { after: number; from: PartyName; lines: string[] } | undefined
  const endFrame = (): void => {
    if (frame === undefined) return
    if (frame.lines.length === 0) throw new Error(`${where}: a frame is missing`)
    steps.push({ type: 'frame', from: frame.from, text: frame.lines.join('\n'), after: frame.after })
    frame = undefined
  }
  for (const line of body.split('\n')) {
    if (!line.startsWith('//')) {
      if (frame === undefined) throw new Error(`${where}: who sends ${line}?`)
      frame.lines.push(line)
      continue
    }
    endFrame()
    const sends = frameLine.exec(line)
    const closes = closeLine.exec(line)
    const ends = outcomeLine.exec(line)
    const silence = silenceLine.exec(line)
    if (sends) {
      parties.add(sends[1] ?? '').add(sends[2] ?? '')
      frame = { from: sends[1] as PartyName, after: seconds(sends[3]), lines: [] }
    } else if (closes) {
      parties.add(closes[1] ?? '')
      const [, by, code, after, reason] = closes
      steps.push({ type: 'close', by: by as PartyName, code: Number(code), reason, after: seconds(after) })
    } else if (ends) steps.push({ type: 'outcome', code: ends[1], after: seconds(ends[2]) })
    else if (silence) steps.push({ type: 'silence', after: seconds(silence[1]) })
    else throw new Error(`${where}: what does this line say? ${line}`)
  }
  endFrame()
  const dialler = parties.has('console') || parties.has('hub') ? 'console' : 'guest'
  const acceptor = dialler === 'console' ? 'hub' : 'host'
  for (const party of parties) {
    if (party !== dialler && party !== acceptor)
      throw new Error(`${where}: a ${party} among a ${dialler} and its ${acceptor}`)
  }
  let fresh = steps[0]?.type === 'frame' && isHello(steps[0].text)
  let whole = false
  let real: PartyName[] = [dialler, acceptor]
  for (const option of options) {
    const only = real.find((party) => option === `only=${party}`)
    if (option === 'fresh') fresh = true
    else if (option === 'whole') whole = true
    else if (only !== undefined) real = [only]
    else throw new Error(`${where}: what is ${option}?`)
  }
  return { where, revision: revision === '1' ? 1 : 2, dialler, acceptor, real, fresh, whole, steps }
}

function isHello(text: string): boolean {
  return /"opnm": "(\/greet)?\/hello"/.test(text)
}

function seconds(text: string | undefined): number {
  return text === undefined ? 0 : Math.round(Number(text) * 1000)
}
