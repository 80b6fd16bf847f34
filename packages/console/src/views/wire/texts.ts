import type { Texts } from '../../app/language.js'

const en = {
  title: 'Wire',
}

const zh: Texts<typeof en> = {
  title: '报文',
}

export const texts = { en, zh }
