import { isName, isRecord, type Event, type Session, type SessionResponder } from '@guestool/core'

/** An event on its way to any number of consoles, all of them of the whole hub, or all of one guest. Its text is made once. */
export class Telling {
  readonly event: Event
  readonly #guest: string | undefined
  /** Of either revision; undefined where it cannot say this. */
  readonly #texts = new Map<number, string | undefined>()

  /** @param guest whose event it is, where consoles of the whole hub are told; undefined is the hub's own */
  constructor(event: Event, guest?: string) {
    this.event = event
    this.#guest = guest
  }

  /**
   * The text of its frame in the revision of a console; undefined when that has no way to say it.
   *
   * @throws {GuestoolError} `failed` when the data is not JSON
   */
  text({ revision: { number }, role }: Session<SessionResponder>): string | undefined {
    const known = this.#texts.get(number)
    if (known !== undefined || this.#texts.has(number)) return known
    const text = this.#write(number, role)
    this.#texts.set(number, text)
    return text
  }

  #write(revision: number, role: SessionResponder): string | undefined {
    const { name, data } = this.event
    if (!isRecord(data) || isReserved(name)) return undefined
    // Revision 1 keeps the event's name beside its data.
    if (revision === 1 && Object.hasOwn(data, 'event')) return undefined
    return role.eventText(name, data, this.#guest)
  }
}

// No event of any contract: in revision 2 it would be taken for a rejection or a reply, or for another path.
function isReserved(name: string): boolean {
  return name === 'reject' || name === 'report' || name.startsWith('report/') || !isName(name)
}
