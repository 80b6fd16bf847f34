// What to tell of a fleet, and when. No clock and no network, so that a test goes through hours of it in no time.

/**
 * What a look at the hub found.
 *
 * @typedef {object} Seen
 * @property {number} connection which one since the start: over the next one a host may have forgotten its guests
 * @property {{ id: string, state: string, connected_ts: number | null }[]} guests
 * @property {{ id: string, bots: { id: string, state: string }[] }[]} vitals of guests that are connected
 */

/**
 * Something to tell: of the host where there is no guest, of a guest where there is no bot.
 *
 * @typedef {{ guest?: string, bot?: string, state: string }} Finding
 * @typedef {Finding & { event: 'trouble' | 'recovered', seconds: number }} Tale
 */

const well = new Set(['reached', 'alive', 'online'])

/** Tells of each trouble when it has lasted for as long as one is patient, and once more when it is over. */
export class Troubles {
  #patience
  /** @type {Map<string, { finding: Finding, since: number, told: boolean }>} */
  #troubles = new Map()
  /** All guests that ever came, and the connection over which each was listed last. @type {Map<string, number>} */
  #guests = new Map()

  /** @param {number} seconds that a trouble may last untold */
  constructor(seconds) {
    this.#patience = seconds
  }

  /**
   * @param {Seen | undefined} seen undefined when the hub could not be asked
   * @param {number} now seconds, of a clock that nobody sets
   * @returns {Tale[]}
   */
  look(seen, now) {
    const findings = new Map(this.#findings(seen).map((each) => [`${each.guest} ${each.bot}`, each]))
    /** @type {Tale[]} */
    const tales = []
    for (const [key, { finding, since, told }] of this.#troubles) {
      const found = findings.get(key)
      if (found !== undefined && !well.has(found.state)) continue
      const forgotten = finding.guest !== undefined && !this.#guests.has(finding.guest)
      // While nobody knows how it is: what was told stays so, and patience with the rest starts anew.
      if (found === undefined && told && !forgotten) continue
      this.#troubles.delete(key)
      if (found !== undefined && told) tales.push({ event: 'recovered', ...finding, seconds: now - since })
    }
    for (const [key, finding] of findings) {
      if (well.has(finding.state)) continue
      const { since, told } = this.#troubles.get(key) ?? { since: now, told: false }
      const tell = !told && now - since >= this.#patience
      this.#troubles.set(key, { finding, since, told: told || tell })
      if (tell) tales.push({ event: 'trouble', ...finding, seconds: now - since })
    }
    return tales
  }

  /** @param {Seen | undefined} seen @returns {Finding[]} */
  #findings(seen) {
    // Who cannot see the guests misses the host, and not forty guests.
    if (seen === undefined) return [{ state: 'unreachable' }]
    const { connection, guests, vitals } = seen
    const states = new Map(guests.map(({ id, state }) => [id, state]))
    // One that has a token and never came is not missed.
    for (const { id, connected_ts } of guests) if (connected_ts !== null) this.#guests.set(id, connection)
    for (const [id, last] of this.#guests) {
      // It was listed over this connection: somebody removed it, or it is gone for a day, which was told.
      if (!states.has(id) && last === connection) this.#guests.delete(id)
    }
    const alive = vitals.filter(({ id }) => states.get(id) === 'alive')
    return [
      { state: 'reached' },
      // A host that was started anew does not know whom it lost.
      ...[...this.#guests.keys()].map((guest) => ({ guest, state: states.get(guest) ?? 'gone' })),
      ...alive.flatMap(({ id, bots }) => bots.map((bot) => ({ guest: id, bot: bot.id, state: bot.state }))),
    ]
  }
}
