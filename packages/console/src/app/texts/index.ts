import { en } from './en.js'
import { zh } from './zh.js'

/** The texts of the page around the views. */
export const shellTexts = { en, zh }
