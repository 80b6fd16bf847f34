import type { Texts } from '../../app/language.js'

const en = {
  title: 'Add a guest',
}

const zh: Texts<typeof en> = {
  title: '添加客体',
}

export const texts = { en, zh }
