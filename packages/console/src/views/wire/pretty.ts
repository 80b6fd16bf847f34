/** Characters of a frame that are shown before somebody asks for all of it. */
export const shownAtFirst = 20_000

// They would make a text look as if it said something else, in an order of somebody's choice.
const turns = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** JSON as people read it, its numbers as they came; what is no JSON stays as it is. */
export function pretty(text: string): string {
  return withoutTurns(isJson(text) ? indented(text) : text)
}

/** A text of somebody else's, with every sign that turns the direction of reading shown as what it is. */
function withoutTurns(text: string): string {
  return text.replaceAll(turns, (sign) => String.raw`\u` + sign.charCodeAt(0).toString(16).padStart(4, '0'))
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

function indented(json: string): string {
  let out = ''
  let depth = 0
  let before = ''
  const line = (): string => `\n${'  '.repeat(depth)}`
  for (const [token] of json.matchAll(tokens)) {
    const opened = before === '{' || before === '['
    if (token === '}' || token === ']') {
      depth--
      out += opened ? token : line() + token
    } else {
      if (opened || before === ',') out += line()
      out += token === ':' ? ': ' : readable(token)
      if (token === '{' || token === '[') depth++
    }
    before = token
  }
  return out
}

/** A text without escapes that it does not need: a Python guest writes 机器人 as \u673a\u5668\u4eba. */
function readable(token: string): string {
  return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
