/** Every number of the protocol and of this SDK, in one place, each with its reason. Times are milliseconds. */
export const limits = {
  /** A message is expired this long after it was sent (the specification: one minute). */
  lifetime: 60_000,
  /** How long a call waits for a connection before it fails: long enough for a reconnect, short enough for a person. */
  connectTimeout: 10_000,
  /** How long a console waits for the answers of a whole fleet, when it does not say: a silent guest must not hold it. */
  fleetTimeout: 10_000,
  /** How long either side waits for the other's hello. Ten times a slow mobile round trip. */
  helloTimeout: 10_000,
  /** Revision 1 promises no echo of hello: a dialler takes this much silence for consent. */
  helloGrace: 2_000,
  /** Bytes of a hello that is still echoed; a real one has under 100. An echo must not be an amplifier. */
  helloBytes: 4 * 1024,
  /** How long the echo of a bye, and then the closing of the socket, are waited for. */
  byeTimeout: 1_000,
  /** How long a peer may take to answer a close, before its socket is dropped. It is lost time: nothing is read or sent. */
  closeTimeout: 5_000,
  /** Bytes of a frame. The public Python guest takes no more than 1 MiB either. */
  maxPayload: 1024 * 1024,
  /** Bytes that an accepted peer may leave unread before it is shed: sixteen of the largest frames. */
  queuedBytes: 16 * 1024 * 1024,
  /** The same for all accepted peers together: what a small machine can spare. Whoever holds most of it is dropped. */
  hostQueuedBytes: 256 * 1024 * 1024,
  /** Messages a peer may send unasked in a burst: four questions to each of a thousand guests … */
  messageBurst: 4_096,
  /** … and how many a second after that: a tenth of what one core reads. Whoever sends more is read more slowly. */
  messagesPerSecond: 2_000,
  /** Requests that one responder works on at once; more are answered `busy`. */
  maxPending: 1_024,
  /** The same for a console of the whole hub, which may ask each of some thousand guests once, all at the same time. */
  hubPending: 16_384,
  /** The same for all consoles of a host together: some 64 MiB. */
  hostPending: 65_536,
  /** Of these, what each console may ask although others ask that much: a page asks a few at once. */
  reservedPending: 16,
  /** Connections of one address at once: six machines with forty bots each behind one address, and their consoles. */
  connectionsPerAddress: 256,
  /** Connections of a host at once: some 300 MiB, and as many files as a process may open on a common server. */
  maxConnections: 20_000,
  /**
   * Connections of a host that have not asked to come in, have not said hello, or are not authenticated: a good one takes
   * a tenth of a second for it, so that ten thousand newcomers a second find room.
   */
  newcomers: 1_024,
  /** Bytes of the headers of a request: Node's own limit, and that of most servers. A token has 512 of them at most. */
  headerBytes: 16 * 1024,
  /** Fragments of a message: one of `maxPayload` in pieces of 1 KiB. Smaller ones only cost time. */
  maxFragments: 1_024,
  /** Claims of one id that wait while another is decided, which takes two seconds at most; more are closed with 4429. */
  waitingClaims: 8,
  /** Guests that are gone but still told of, with their history: about 12 MB. … */
  rememberedGuests: 1_000,
  /** … and for how long. */
  rememberedFor: 24 * 60 * 60_000,
  /** How long each info of a sample for the history may take: three of them fit in a minute, with room for the beats between. */
  vitalsTimeout: 15_000,
  /** A guest is sampled more often for this long after somebody asked for its history: a page asks again within it. */
  historyWatched: 60_000,
  /** Guests in one page of the hub's info `guests`: they fit in a frame. */
  guestsPage: 1_000,
  /** Guests of a hub that are looked through in the time that a message takes: it counts as one more for each of these. */
  guestsPerMessage: 128,
  /** `*` in a pattern of guest ids, against which every guest of a hub is held. */
  patternStars: 32,
  /** Names of events in one subscription: more than a contract has. Whoever wants more leaves them out, and hears all. */
  subscribedNames: 256,
  /** Frames an acceptor holds while a claim of an id is decided (two seconds at most); together they are a frame's size. */
  heldFrames: 64,
  /** Bad frames in a burst before the connection is closed … */
  badFrameBurst: 16,
  /** … and how many a second are forgiven. */
  badFramesPerSecond: 1,
  /** Rejections sent in a burst, so that a peer cannot make us send as much as it sends … */
  rejectionBurst: 32,
  /** … and how many a second after that. */
  rejectionsPerSecond: 8,
  /** Finished requests remembered without an answer: enough to tell a minute's worth of late replies apart. */
  rememberedUnanswered: 4_096,
  /** Finished requests remembered with their answer: duplicates follow close behind. */
  rememberedAnswered: 1_024,
  /** Characters of an error text that are sent to a peer. */
  errorText: 512,
  /** A sampling time must end this long before its call does, or the reply is always late. */
  samplingMargin: 2_000,
  /** Silence after which a peer is asked whether it lives. Under the 60 s at which proxies drop idle connections. */
  idle: 30_000,
  /** How long that question may take. */
  probeTimeout: 10_000,
  /** Unanswered questions that make a peer unresponsive. One may be lost to a pause of its process. */
  missesAllowed: 2,
  /**
   * An answer is late this long after its sampling time: the next exclusive info may start, and whoever asks the same
   * has a request of its own.
   */
  answerMargin: 5_000,
  /** Infos of one guest on their way that others can join: ten times what there is. More are sent each for itself. */
  sharedInfos: 256,
  /** An answer this old is still given to a console that has not had it: who watches once a second sees each once … */
  sampleFresh: 1_000,
  /** … and of one guest so many are kept for it: as many as there are infos, and some of its own. */
  recentAnswers: 16,
  /** How long the holder of an id has to prove that it lives when another claims the id. */
  claimTimeout: 2_000,
  /** Characters of a token: twice what a signed one of the usual kinds has. */
  tokenLength: 512,
  /** Failed attempts to get in from one address in a burst: somebody who tries what tokens there are, not a guesser … */
  failedAttempts: 10,
  /** … and how long until each is forgotten. A guesser tries 14 400 times a day, of 2²⁵⁶ tokens. */
  failedAttemptForgotten: 6_000,
  /** Addresses with failed attempts that are remembered, the latest: about 2 MB. */
  failedAddresses: 10_000,
  /** How long a console's token lasts unless it is told otherwise: it is in a browser, and people leave. */
  consoleTokenLifetime: 30 * 24 * 60 * 60_000,
  /** How long the old token lasts after a new one was made: a day to carry the new one to its machine. */
  tokenOverlap: 24 * 60 * 60_000,
  /** How long a change of the tokens' file waits for another process to end its own, which takes milliseconds … */
  tokenFileTimeout: 5_000,
  /** … and how often it looks. */
  tokenFilePause: 20,
  /** Backoff of a client: a person waits. The delay is drawn between 0 and base × 2ⁿ, at most the cap. */
  clientBackoff: { base: 1_000, cap: 30_000 },
  /** Backoff of a guest: thousands may come back at once, nobody waits. */
  guestBackoff: { base: 5_000, cap: 30_000 },
  /** A connection open for this long was a success: the next backoff starts over. */
  backoffReset: 10_000,
} as const

/** The port a host listens on unless told otherwise. */
export const defaultPort = 37_103

/** Why a connection was closed: the WebSocket close codes of the protocol. */
export const closeCode = {
  /** Done; do not dial again. */
  normal: 1000,
  /** The host is shutting down or the page is left. */
  goingAway: 1001,
  /** The connection was lost: no close frame came. Never sent. */
  lost: 1006,
  /** A frame was over `maxPayload`. */
  tooLarge: 1009,
  /** The peer failed. */
  failed: 1011,
  /** The peer is restarting. */
  restarting: 1012,
  /** A slow reader was shed. */
  overloaded: 1013,
  /** Malformed traffic, or a first frame that is no hello. */
  malformed: 4400,
  /** Not authenticated: no token, or one that is wrong or over. */
  unauthenticated: 4401,
  /** Authenticated, but not allowed here. */
  forbidden: 4403,
  /** No such path. */
  notFound: 4404,
  /** No hello in time. */
  helloTimeout: 4408,
  /** Another live guest holds this id. */
  taken: 4409,
  /** Too many connections or attempts. */
  tooMany: 4429,
} as const

/**
 * Whether a dialler tries again after a close: `yes`, `no`, or `once` (4401: a fresh token may help, the same one
 * never does). Codes that the table does not know are treated as a loss.
 */
export function dialsAgain(code: number): 'yes' | 'no' | 'once' {
  switch (code) {
    case closeCode.normal:
    case closeCode.forbidden:
    case closeCode.notFound:
    case closeCode.taken:
      return 'no'
    case closeCode.unauthenticated:
      return 'once'
    default:
      return 'yes'
  }
}

/** Whether a close says that the peer refused us or what we sent, so that asking the same again is no use. */
export function refusesRetry(code: number): boolean {
  return code === closeCode.tooLarge || (code >= 4400 && code < 4500)
}
