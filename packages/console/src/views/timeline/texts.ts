import type { Texts } from '../../app/language.js'

const en = {
  title: 'Timeline',
}

const zh: Texts<typeof en> = {
  title: '时间线',
}

export const texts = { en, zh }
