import type { Finding } from './fuzzer.js'

/** Every case that ever found something, in the SDK or in a copy that was broken on purpose: none may do so again. */
export const corpus: readonly Finding[] = []
