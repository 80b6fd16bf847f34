import { guestool, type Contract, type Operation } from '@guestool/core'
import { outcomeOf, said, type Asked, type Asking, type Outcome } from './asking.js'
import type { Chart, Finding } from './finding.js'

/** How long the doctor waits. */
export interface Patience {
  /** Milliseconds for an info: the slowest one of the public Python guest takes nine seconds. */
  readonly info: number
  /** Milliseconds after which there is no answer to what is answered at once. */
  readonly quick: number
  /** Milliseconds for something that should not come. */
  readonly settle: number
}

export const usualPatience: Patience = { info: 20_000, quick: 2_000, settle: 300 }

/** Params that differ from the defaults, and take no time. */
function otherParams(name: string, { sampling }: Operation): object | undefined {
  if (sampling !== undefined) return { [sampling]: 0.05 }
  return name === 'all_partitions' ? { physical_only: false } : undefined
}

/** Asks for each info, with its defaults and with other params. */
export async function askInfos(
  asking: Asking,
  chart: Chart,
  patience: Patience,
  contract: Contract = guestool,
): Promise<void> {
  for (const [info, operation] of contract.info) {
    const params = otherParams(info, operation)
    const asked = await asking.ask('info', info, {}, patience.info)
    const outcome = outcomeOf(asked, operation)
    const row = { info, answer: said(outcome), ms: asked.ms }
    if (params === undefined || outcome.is !== 'result') {
      chart.infos.push(row)
      chart.find(...judge(info, outcome, undefined))
      continue
    }
    const again = await asking.ask('info', info, params, patience.info)
    const second = outcomeOf(again, operation)
    chart.infos.push({ ...row, given: { params, answer: said(second), ms: again.ms } })
    chart.find(...judge(info, second, params))
  }
  const wrong = chart.findings.filter(({ severity }) => severity === 'fault').length
  if (wrong === 0) chart.well.push('every info that it has fits the contract')
}

function judge(info: string, outcome: Outcome, params: object | undefined): Finding[] {
  const asked = `info ${info}${params === undefined ? '' : ` ${JSON.stringify(params)}`}`
  switch (outcome.is) {
    case 'result':
      return []
    case 'silence':
      return [
        {
          id: `silent-${info}`,
          severity: 'fault',
          title: `It does not answer info ${info}`,
          seen: `${asked}: no answer`,
          means: 'Each call of it fails after a minute, and what is shown of it stays empty.',
          hosts: 'They wait a minute and say "expired".',
        },
      ]
    case 'misfit':
      return [
        {
          id: `misfit-${info}`,
          severity: 'fault',
          title: `What it answers to info ${info} does not fit the contract`,
          seen: `${asked}: ${outcome.problem}`,
          means: 'Each call of it fails with "invalid_result".',
          hosts: 'They pass it on; whoever asked refuses it.',
        },
      ]
    case 'refusal': {
      const { code, error } = outcome
      // What a guest does not have, it may say so.
      if (params === undefined && (code === 'unsupported' || code === 'unknown_operation')) return []
      return [
        {
          id: `refused-${info}`,
          severity: 'fault',
          title: `It refuses info ${info}`,
          seen: `${asked}: ${code ?? 'no code'}, ${error}`,
          means: 'Each such call fails.',
          hosts: 'They pass the refusal on.',
        },
      ]
    }
  }
}

/** How long the way there and back is, and whether many questions at once are answered. */
export async function askAtOnce(asking: Asking, chart: Chart, patience: Patience): Promise<void> {
  const times: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    const { ms } = await asking.ask('info', 'time', {}, patience.quick)
    times.push(ms)
  }
  chart.roundTripMs = Math.min(...times)
  const quick = chart.infos.filter(({ answer, given }) => answer === 'fits' && given === undefined)
  const names = quick.slice(0, 4).map(({ info }) => info)
  const asked = await Promise.all(
    [...names, ...names].map((name) => asking.ask('info', name, {}, patience.quick)),
  )
  const silent = asked.filter((one) => outcomeOf(one).is === 'silence').length
  chart.checked('it answers several questions at once', silent === 0, {
    id: 'loses-requests',
    severity: 'fault',
    title: 'It does not answer several questions at once',
    seen: `${silent} of ${asked.length} got no answer`,
    means: 'Whoever looks at more than one value of it misses some.',
    hosts: 'They ask for several things at once.',
  })
}

/** Whether processes are sampled together, or one after another. */
export async function askProcesses(asking: Asking, chart: Chart, patience: Patience): Promise<void> {
  const at = (smptime: number): Promise<Asked> => asking.ask('info', 'processes', { smptime }, patience.info)
  const none = await at(0)
  if (outcomeOf(none).is !== 'result') return
  const some = await at(0.1)
  // In turn it takes as many times as long as there are processes; a second more is what a busy machine may take.
  const count = Array.isArray(some.content) ? some.content.length : 0
  const together = some.ms - none.ms < Math.max(1_000, count * 50)
  chart.checked('it samples all processes together', outcomeOf(some).is === 'result' && together, {
    id: 'samples-in-turn',
    severity: 'quirk',
    title: 'It samples processes one after another',
    seen: `info processes {"smptime":0.1} took ${(some.ms / 1000).toFixed(1)} s, with 0 it took ${(none.ms / 1000).toFixed(1)} s`,
    means: `Each process takes as long as smptime says, so ask with a small one: 0.01.`,
    hosts: 'They wait for the answer; one that takes over a minute is too late.',
  })
}

/** What it says to names that nobody has. */
export async function askUnknown(asking: Asking, chart: Chart, patience: Patience): Promise<void> {
  const findings: Finding[] = []
  for (const kind of ['info', 'action'] as const) {
    const asked = await asking.ask(kind, unknownName, {}, patience.quick)
    const outcome = outcomeOf(asked)
    const seen = `${kind} ${unknownName}: ${said(outcome)}`
    if (outcome.is === 'silence') {
      findings.push({
        id: `silent-on-unknown-${kind}`,
        severity: 'quirk',
        title: `It does not answer an ${kind} that it does not know`,
        seen,
        means: 'Whoever asks for something newer than this guest waits a minute for nothing.',
        hosts: 'They wait a minute and say "expired".',
      })
    } else if (outcome.is === 'refusal' && outcome.code === undefined) {
      findings.push({
        id: `unknown-${kind}-without-code`,
        severity: 'quirk',
        title: `It refuses an unknown ${kind} without a code`,
        seen,
        means: 'Nothing, with a host of this SDK.',
        hosts: /^unknown (info|action) type$/.test(outcome.error)
          ? 'They know these words, and take them for "unknown_operation".'
          : 'They say "failed".',
      })
    } else if (outcome.is !== 'refusal' || outcome.code !== 'unknown_operation') {
      findings.push({
        id: `answers-unknown-${kind}`,
        severity: 'quirk',
        title: `It does not say "unknown_operation" of an ${kind} that nobody has`,
        seen,
        means: 'What it does not have cannot be told from what failed.',
        hosts: 'They pass on what it says.',
      })
    }
  }
  chart.checkedFor('it refuses names that it does not know', findings)
}

/** A name that no contract has. */
export const unknownName = 'doctor_asks_for_nothing'
