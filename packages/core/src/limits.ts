// Every number of the protocol and of this SDK, in one place, each with its reason. Times are milliseconds. Each is an
// export of its own, so that a bundle has only those that it reads: `import * as limits from './limits.js'`.

/** A message is expired this long after it was sent (the specification: one minute). */
export const lifetime = 60_000
/** How long a call waits for a connection before it fails: long enough for a reconnect, short enough for a person. */
export const connectTimeout = 10_000
/** How long a console waits for the answers of a whole fleet, when it does not say: a silent guest must not hold it. */
export const fleetTimeout = 10_000
/** How long either side waits for the other's hello. Ten times a slow mobile round trip. */
export const helloTimeout = 10_000
/** Revision 1 promises no echo of hello: a dialler takes this much silence for consent. */
export const helloGrace = 2_000
/** Bytes of a hello that is still echoed; a real one has under 100. An echo must not be an amplifier. */
export const helloBytes = 4 * 1024
/** How long the echo of a bye, and then the closing of the socket, are waited for. */
export const byeTimeout = 1_000
/** How long a peer may take to answer a close, before its socket is dropped. It is lost time: nothing is read or sent. */
export const closeTimeout = 5_000
/** Bytes of a frame. The public Python guest takes no more than 1 MiB either. */
export const maxPayload = 1024 * 1024
/** Bytes that an accepted peer may leave unread before it is shed: sixteen of the largest frames. */
export const queuedBytes = 16 * 1024 * 1024
/** The same for all accepted peers together: what a small machine can spare. Whoever holds most of it is dropped. */
export const hostQueuedBytes = 256 * 1024 * 1024
/** Messages a peer may send unasked in a burst: four questions to each of a thousand guests … */
export const messageBurst = 4_096
/** … and how many a second after that: a tenth of what one core reads. Whoever sends more is read more slowly. */
export const messagesPerSecond = 2_000
/** Requests that one responder works on at once; more are answered `busy`. */
export const maxPending = 1_024
/** The same for a console of the whole hub, which may ask each of some thousand guests once, all at the same time. */
export const hubPending = 16_384
/** The same for all consoles of a host together: some 64 MiB. */
export const hostPending = 65_536
/**
 * Of these, what each console may ask although others ask that much: a page asks a few at once. It is all that one may
 * which has yet to sign in.
 */
export const reservedPending = 16
/** Connections of one address at once: six machines with forty bots each behind one address, and their consoles. */
export const connectionsPerAddress = 256
/** Connections of a host at once: some 300 MiB, and as many files as a process may open on a common server. */
export const maxConnections = 20_000
/**
 * Connections of a host that have not asked to come in, have not said hello, or are not authenticated: a good one takes
 * a tenth of a second for it, so that ten thousand newcomers a second find room.
 */
export const newcomers = 1_024
/** Bytes of the headers of a request: Node's own limit, and that of most servers. A token has 512 of them at most. */
export const headerBytes = 16 * 1024
/** Headers of a request: ten times what a browser sends through some proxies. Node hides those beyond a thousand. */
export const headers = 256
/** Fragments of a message: one of `maxPayload` in pieces of 1 KiB. Smaller ones only cost time. */
export const maxFragments = 1_024
/**
 * Pieces in which a frame of `maxPayload` may come, of 256 bytes each: the smallest packet of common networks has twice
 * that. A piece takes half a kilobyte of memory until the frame is whole, whatever is in it.
 */
export const maxPieces = 4_096
/** Claims of one id that wait while another is decided, which takes two seconds at most; more are closed with 4429. */
export const waitingClaims = 8
/** Guests that are gone but still told of, with their history: about 12 MB. … */
export const rememberedGuests = 1_000
/** … and for how long. */
export const rememberedFor = 24 * 60 * 60_000
/** How long each info of a hub's own sample may take: five of them fit in a minute, with room for the beats between. */
export const vitalsTimeout = 10_000
/**
 * How long a bot is watched that neither receives an event nor is asked anything before it counts as silent: most
 * runtimes have a heartbeat of seconds that is an event, and a group of people is seldom quiet for so long by day.
 */
export const botSilence = 10 * 60_000
/** Bots of one guest that a hub watches: 10 KB. The public Python guest has one to five. */
export const watchedBots = 64
/** Characters of the id of a bot that a hub watches: those of all runtimes known to us have under 40. */
export const botIdLength = 128
/** A guest is sampled more often for this long after somebody asked for its history: a page asks again within it. */
export const historyWatched = 60_000
/** Guests in one page of the hub's infos `guests` and `vitals`. */
export const guestsPage = 1_000
/**
 * Guests of a hub, or entries of its timeline, that are looked through in the time that a message takes: it counts as
 * one more for each of these.
 */
export const guestsPerMessage = 128
/** Entries of a hub's timeline in all: ten for each of a thousand guests, some 3 MB. … */
export const timelineEntries = 10_000
/** … and of one guest: one that restarts every minute pushes out its own past, and not that of others. */
export const timelineOfGuest = 500
/** Refused attempts in a hub's timeline: anybody can make them, so they have a place of their own; some 300 KB. … */
export const timelineRefusals = 1_000
/** … and of one address: forty bots behind one, each with two things wrong. A scanner pushes out no others. */
export const timelineOfAddress = 100
/** A refused attempt takes the place of one of the same id, code and address within this time before it. */
export const refusalFold = 60_000
/** Entries in one page of the hub's info `timeline`. */
export const timelinePage = 1_000
/** How far apart a guest's tellings of when its process started may be: what its clock and its answer took. */
export const sameProcess = 1_000
/** `*` in a pattern of guest ids, against which every guest of a hub is held. */
export const patternStars = 32
/** Names of events in one subscription: more than a contract has. Whoever wants more leaves them out, and hears all. */
export const subscribedNames = 256
/** Frames an acceptor holds while a claim of an id is decided (two seconds at most); together they are a frame's size. */
export const heldFrames = 64
/** Bad frames in a burst before the connection is closed … */
export const badFrameBurst = 16
/** … and how many a second are forgiven. */
export const badFramesPerSecond = 1
/** Rejections sent in a burst, so that a peer cannot make us send as much as it sends … */
export const rejectionBurst = 32
/** … and how many a second after that. */
export const rejectionsPerSecond = 8
/** Finished requests remembered without an answer: enough to tell a minute's worth of late replies apart. */
export const rememberedUnanswered = 4_096
/** Finished requests remembered with their answer: duplicates follow close behind. */
export const rememberedAnswered = 1_024
/** Characters of an error text that are sent to a peer. */
export const errorText = 512
/** A sampling time must end this long before its call does, or the reply is always late. */
export const samplingMargin = 2_000
/** Silence after which a peer is asked whether it lives. Under the 60 s at which proxies drop idle connections. */
export const idle = 30_000
/** How long that question may take. */
export const probeTimeout = 10_000
/** Unanswered questions that make a peer unresponsive, what it was asked anyway included. One may be lost to a pause. */
export const missesAllowed = 2
/**
 * An answer is late this long after its sampling time: the next exclusive info may start, and whoever asks the same
 * has a request of its own.
 */
export const answerMargin = 5_000
/** Infos of one guest on their way that others can join: ten times what there is. More are sent each for itself. */
export const sharedInfos = 256
/** An answer this old is still given to a console that has not had it: who watches once a second sees each once … */
export const sampleFresh = 1_000
/** … and of one guest so many are kept for it: as many as there are infos, and some of its own. */
export const recentAnswers = 16
/** How long the holder of an id has to prove that it lives when another claims the id. */
export const claimTimeout = 2_000
/** Characters of a token: twice what a signed one of the usual kinds has. */
export const tokenLength = 512
/** Failed attempts to get in from one address in a burst: somebody who tries what tokens there are, not a guesser … */
export const failedAttempts = 10
/** … and how long until each is forgotten. A guesser tries 14 400 times a day, of 2²⁵⁶ tokens. */
export const failedAttemptForgotten = 6_000
/** Addresses with failed attempts that are remembered, the latest: about 2 MB. */
export const failedAddresses = 10_000
/** How long a console's token lasts unless it is told otherwise: it is in a browser, and people leave. */
export const consoleTokenLifetime = 30 * 24 * 60 * 60_000
/** How long a one-time code lasts unless it is told otherwise: from a terminal to a browser, or to somebody's phone. */
export const codeLifetime = 10 * 60_000
/** How long the old token lasts after a new one was made: a day to carry the new one to its machine. */
export const tokenOverlap = 24 * 60 * 60_000
/** How long a change of the tokens' file waits for another process to end its own, which takes milliseconds … */
export const tokenFileTimeout = 5_000
/** … and how often it looks. */
export const tokenFilePause = 20
/** Backoff of a client: a person waits. The delay is drawn between 0 and base × 2ⁿ, at most the cap. */
export const clientBackoff = { base: 1_000, cap: 30_000 } as const
/**
 * Backoff of a guest: thousands may come back at once, nobody waits. While a host is away, those who found nobody dial
 * again among those who have yet to dial: in the busiest second that is 1.56 of the base's, 26 % of all guests. With a
 * base of 5 s it would be 31 %.
 */
export const guestBackoff = { base: 6_000, cap: 30_000 } as const
/** A connection open for this long was a success: the next backoff starts over. */
export const backoffReset = 10_000
