/**
 * What a peer says, fit to stand in a line: cut, with what cannot be seen as a space, and with no half characters. Text
 * from elsewhere may be megabytes, hold line breaks, and turn the direction of what follows it.
 */
export function plainText(text: string, most = 120): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return cut.replace(unseen, ' ').replace(halfCharacters, '\uFFFD')
}

// Control characters, line and paragraph separators, and the marks that turn directions.
// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]+/g
const halfCharacters = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
