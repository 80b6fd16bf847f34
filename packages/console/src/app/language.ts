import { Cell, useCell } from './cell.js'
import { remember, remembered } from './storage.js'

export type Language = 'en' | 'zh'

/** The texts of a part of the page, in each language: `{ en, zh }`, with `zh: Texts<typeof en>`. */
export type Translated<T> = { readonly [language in Language]: T }

/** What another language's texts must be: the same names, the same parameters. */
export type Texts<T> = {
  readonly [name in keyof T]: T[name] extends string
    ? string
    : T[name] extends (...given: infer A) => string
      ? (...given: A) => string
      : Texts<T[name]>
}

const key = 'guestool.language'

export const language = new Cell<Language>(firstLanguage())

function firstLanguage(): Language {
  const chosen = remembered(key)
  if (chosen === 'en' || chosen === 'zh') return chosen
  return /^zh\b/i.test(navigator.language) ? 'zh' : 'en'
}

export function chooseLanguage(chosen: Language): void {
  remember(key, chosen)
  language.value = chosen
}

/** The texts in the language of the page. */
export function useTexts<T>(texts: Translated<T>): T {
  return texts[useCell(language)]
}
