import type { Texts } from '../../app/language.js'

const en = {
  title: 'Fleet',
}

const zh: Texts<typeof en> = {
  title: '总览',
}

export const texts = { en, zh }
