import type { Texts } from '../app/language.js'
import type { Tone } from './Badge.js'

export type BotState = 'online' | 'silent' | 'departed'

const en = {
  is: { online: 'online', silent: 'silent', departed: 'departed' },
  /** Of a guest that is not here: what was known last. */
  was: { online: 'was online', silent: 'was silent', departed: 'had departed' },
}

const zh: Texts<typeof en> = {
  is: { online: '在线', silent: '静默', departed: '离线' },
  was: { online: '曾在线', silent: '曾静默', departed: '曾离线' },
}

export const botTexts = { en, zh }

const tones: Readonly<Record<BotState, Tone>> = { online: 'good', silent: 'warn', departed: 'bad' }

/** @param here whether its guest is: what was known last of one that is not is neither good nor bad now */
export function botTone(state: BotState, here: boolean): Tone {
  return here ? tones[state] : 'idle'
}
