/**
 * - `fault`: what a user asks for does not come
 * - `quirk`: not as the protocol says, but hosts get along with it
 * - `note`: worth knowing
 */
export type Severity = 'fault' | 'quirk' | 'note'

/** Something about a guest that the doctor would like somebody to know. */
export interface Finding {
  /** Stays the same from version to version: for programs. */
  readonly id: string
  readonly severity: Severity
  /** In a sentence. */
  readonly title: string
  /** What happened. */
  readonly seen: string
  /** What it means for whoever uses the guest. */
  readonly means: string
  /** Whether hosts get along with it. */
  readonly hosts: string
}

/** How an info was answered. */
export interface InfoRow {
  readonly info: string
  /** `fits`, or what else it was. */
  readonly answer: string
  readonly ms: number
  /** The same with parameters, where it has any. */
  readonly given?: { readonly params: object; readonly answer: string; readonly ms: number }
}

/** What the doctor wrote down. */
export class Chart {
  readonly findings: Finding[] = []
  readonly infos: InfoRow[] = []
  /** What was tried and is as it should be. */
  readonly well: string[] = []
  /** What was not tried, and why. */
  readonly notTried: { readonly what: string; readonly why: string }[] = []
  /** Milliseconds of the shortest way there and back. */
  roundTripMs: number | undefined
  /** The revision of the protocol that the guest speaks. */
  revision: number | undefined

  find(...findings: readonly Finding[]): void {
    this.findings.push(...findings)
  }

  /** A check is over: all is well, or it found this. */
  checked(well: string, good: boolean, finding: Finding): void {
    if (good) this.well.push(well)
    else this.find(finding)
  }

  /** The same for a check that may find several. */
  checkedFor(well: string, findings: readonly Finding[]): void {
    if (findings.length === 0) this.well.push(well)
    else this.find(...findings)
  }

  skip(what: string, why: string): void {
    this.notTried.push({ what, why })
  }

  get verdict(): 'clean' | 'quirks' | 'faults' {
    const has = (severity: Severity): boolean =>
      this.findings.some((finding) => finding.severity === severity)
    if (has('fault')) return 'faults'
    return has('quirk') ? 'quirks' : 'clean'
  }
}
