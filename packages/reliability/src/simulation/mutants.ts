/** A deliberate fault: a text of a source that is another one while the simulation runs. */
export interface Mutant {
  readonly what: string
  /** In `packages`, without its extension: found in `src` and, compiled, in `dist`. */
  readonly package: 'core' | 'client' | 'server'
  readonly file: string
  /** It stands once in the source, on one line, and as it is in what the compiler makes of it. */
  readonly find: string
  readonly replace: string
}

const core = (file: string, what: string, find: string, replace: string): Mutant => ({
  package: 'core',
  file,
  what,
  find,
  replace,
})
const requester = 'session/requester'
const responder = 'session/responder'
const session = 'session/session'

/** Faults as somebody might make them. The simulation has to catch each of them. */
export const mutants: readonly Mutant[] = [
  core(
    requester,
    'a late reply is accepted when no timer has run yet',
    'if (age < limits.lifetime) {',
    'if (age >= 0) {',
  ),
  core(
    requester,
    'a late reply is refused again and again',
    'unanswered.refused = true',
    'unanswered.refused = false',
  ),
  core(
    requester,
    'a rejection is answered by a rejection',
    'settle(this.#answeredBy(opid), failureOf(rejection))',
    "settle(this.#answeredBy(opid), failureOf(rejection)), this.#session.reject(opid, 'unknown_opid', 'what?')",
  ),
  core(requester, 'what an abort ends still listens', 'settle(entry, failure)', 'entry.resolve(failure)'),
  core(requester, 'a lost connection ends no call', 'of this.#pending.clear())', 'of [])'),
  core(
    requester,
    'what may have been done is said to be never sent',
    "outcome: 'unknown', closeCode: code",
    "outcome: 'never_sent', closeCode: code",
  ),
  core(
    requester,
    'unknown replies are not refused',
    "this.#session.reject(opid, 'unknown_opid', text, undefined, guest)",
    'void text',
  ),
  core(
    responder,
    'a question that runs may run again',
    'this.#running.has(opid) || this.#finished.has(opid)',
    'this.#finished.has(opid)',
  ),
  core(
    responder,
    'a reply is sent after its minute',
    'return elapsedSince(this.#session.clock, running) < limits.lifetime',
    'return true',
  ),
  core(
    responder,
    'one more than may is worked on',
    'if (running >= this.#maxPending)',
    'if (running > this.#maxPending)',
  ),
  core(
    session,
    'a rejection is taken for a reply',
    'if (rejection === undefined)',
    'if (rejection !== null)',
  ),
  core(session, 'rejections have no limit', 'if (!this.#mayReject())', 'if (this.#mayReject === undefined)'),
  core(
    session,
    'bad frames have no limit',
    'if (!this.#toleratesBadFrame())',
    'if (this.#toleratesBadFrame === undefined)',
  ),
  core(
    'session/ledger',
    'nothing is remembered',
    'return this.#find(opid) !== undefined',
    'return opid === undefined',
  ),
  core(
    'session/expiry',
    'an answer is given to whoever waits longest',
    'const entry = this.#entries.get(opid)',
    'const entry = this.#entries.get(opid) ?? this.#entries.values().next().value',
  ),
  core(
    'session/expiry',
    'calls expire after two minutes',
    'const left = limits.lifetime -',
    'const left = 2 * limits.lifetime -',
  ),
  core('session/expiry', 'the timer outlives its session', 'this.#cancelTimer?.()', 'void 0'),
  core(
    'clock',
    'sleep does not count',
    'return Math.max(now - moment.at, clock.wall() - moment.wallAt)',
    'return now - moment.at',
  ),
  core('clock', 'a process that stood still judges others by it', 'cancel = clock.setTimer(run, 0)', 'run()'),
  core('fresh-opid', 'an opid is used again', 'used += 16', 'used += Math.random() < 0.9 ? 16 : 0'),
  core(
    'connection/acceptor',
    'hello is not echoed as it came',
    'this.#transport.send(hello)',
    'this.#transport.send(`${hello} `)',
  ),
  core(
    'connection/acceptor',
    'any number of frames is held',
    'this.#held.length < limits.heldFrames',
    'this.#held.length >= 0',
  ),
  core(
    'connection/attempt',
    'a silent host is never given up',
    'misses >= limits.missesAllowed',
    'misses < 0',
  ),
  core('connection/connection', 'close leaves the next dial as it is', 'this.#cancelRedial?.()', 'void 0'),
  {
    package: 'client',
    file: 'line',
    what: 'actions are asked again, too',
    find: "if (operation.kind !== 'info' || code !== 'connection_lost')",
    replace: "if (code !== 'connection_lost')",
  },
  {
    package: 'server',
    file: 'guest-socket',
    what: 'who was displaced leaves when its socket does, and takes its successor along',
    find: 'this.lose(closeCode.taken,',
    replace: 'this.transport.close(closeCode.taken,',
  },
  {
    package: 'server',
    file: 'registry',
    what: 'whoever comes displaces the holder',
    find: 'const taken = await this.#holders.get(id)?.provesLife()',
    replace: 'const taken = false',
  },
  {
    package: 'server',
    file: 'registry',
    what: 'whoever comes joins beside a dead holder',
    find: 'this.#holders.get(id)?.displace()',
    replace: 'void id',
  },
  {
    package: 'server',
    file: 'guest-socket',
    what: 'whoever is asked whether it lives need not answer',
    find: 'counts.received > before',
    replace: 'counts.received >= before',
  },
]
