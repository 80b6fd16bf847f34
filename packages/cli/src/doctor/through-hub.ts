import { isGuestoolError, type GuestRecord, type Hub, type HubGuest } from '@guestool/client'
import { defineContract, guestool, type Contract, type OperationKind, type Shape } from '@guestool/core'
import { z } from 'zod'
import { hint } from '../hint.js'
import type { Asked, Asking } from './asking.js'
import { Chart } from './finding.js'
import {
  askAtOnce,
  askInfos,
  askProcesses,
  askUnknown,
  unknownName,
  usualPatience,
  type Patience,
} from './infos.js'

const anything = { params: z.looseObject({}), result: z.unknown() }
const named = (names: Iterable<string>): Record<string, typeof anything> =>
  Object.fromEntries([...names, unknownName].map((name) => [name, anything]))

/** Lets every question out and every answer in: the doctor looks at them itself. */
export const openContract = defineContract({
  info: named(guestool.info.keys()),
  action: named(guestool.action.keys()),
}) as Contract

const silence: ReadonlySet<string> = new Set(['timeout', 'expired', 'unresponsive'])
const over: ReadonlySet<string> = new Set(['gone', 'refused', 'closed', 'connect_timeout', 'connection_lost'])

/** A guest that is asked through its hub, which passes on only what is well-formed. */
class ThroughHub implements Asking {
  readonly #guest: HubGuest<Shape>

  constructor(guest: HubGuest<Shape>) {
    this.#guest = guest
  }

  /** @throws {GuestoolError} when the guest or the host is not there any more */
  async ask(kind: OperationKind, name: string, params: object, wait: number): Promise<Asked> {
    const start = performance.now()
    const since = (): number => performance.now() - start
    try {
      const options = { timeout: wait }
      // The open contract takes any.
      const any = params as Record<string, never>
      const content = await (kind === 'info'
        ? this.#guest.info(name, any, options)
        : this.#guest.action(name, any, options))
      return { ms: since(), content }
    } catch (error) {
      if (!isGuestoolError(error) || over.has(error.code)) throw error
      if (silence.has(error.code)) return { ms: since() }
      return { ms: since(), refusal: { code: error.code, error: error.message } }
    }
  }
}

/**
 * Sees a guest where it is.
 *
 * @param hub that was given {@link openContract}
 * @throws {GuestoolError} when the guest is gone, or leaves
 */
export async function visitThroughHub(
  hub: Hub<Shape>,
  id: string,
  patience: Patience = usualPatience,
  told: (what: string) => void = () => undefined,
): Promise<{ readonly chart: Chart; readonly record: GuestRecord | undefined }> {
  const chart = new Chart()
  const asking = new ThroughHub(hub.guest(id))
  told('every info')
  await askInfos(asking, chart, patience)
  await askProcesses(asking, chart, patience)
  await askAtOnce(asking, chart, patience)
  told('how it takes what it does not expect')
  await askUnknown(asking, chart, patience)
  const [record] = await hub.info('guests', { guests: id })
  if (record !== undefined) {
    chart.revision = record.revision
    const { late, malformed } = record.counts
    if (record.revision === 2) {
      chart.find({
        id: 'revision-2',
        severity: 'note',
        title: 'It speaks revision 2 of the protocol, as the public Python guest does',
        seen: 'the host says so',
        means: 'That one never dials again after a loss, and its reader dies at a malformed frame.',
        hosts: 'They learn the revision from the hello, and speak it.',
      })
    }
    if (late + malformed > 0) {
      chart.find({
        id: 'counted',
        severity: 'quirk',
        title: 'Its host has counted what should not be',
        seen: `since it joined: ${late} answers that came too late, ${malformed} frames that were no messages`,
        means: 'Some calls of it fail.',
        hosts: 'They count it, and go on.',
      })
    }
  }
  chart.skip(
    'wrong parameters, copies of a request, malformed frames, the echo of hello, bye',
    `a host passes on only what is well-formed; let the guest dial the doctor: ${hint('doctor --listen')}`,
  )
  return { chart, record }
}
