import type { Texts } from '../../app/language.js'

const en = {
  title: 'Guest',
}

const zh: Texts<typeof en> = {
  title: '客体',
}

export const texts = { en, zh }
