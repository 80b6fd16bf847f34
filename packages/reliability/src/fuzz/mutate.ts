import type { Dice } from './dice.js'

const bits = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '/',
  '\u0000',
  '\ud800',
  '漢',
  '🙂',
  '1e400',
  '-',
  '__proto__',
  '"__proto__":{},',
  'null',
  '/guests/alpha',
  '$fresh',
  '$heard',
  '$same',
  '*',
  '%',
]

/** Another case, made of one and now and then a second. */
export function mutate(dice: Dice, steps: readonly string[], other: readonly string[]): string[] {
  const made = [...steps]
  for (let times = 1 + dice.below(4); times > 0; times--) {
    const at = dice.below(made.length + 1)
    switch (dice.below(7)) {
      case 0:
        made.splice(at, 1 + dice.below(3))
        break
      case 1:
        made.splice(at, 0, ...made.slice(at, at + 1 + dice.below(2)))
        break
      case 2:
        made.splice(at, 0, ...other.slice(dice.below(other.length + 1)).slice(0, 8))
        break
      case 3:
        made.splice(at, made.length, ...other.slice(dice.below(other.length + 1)))
        break
      default: {
        const step = made[at]
        if (step !== undefined) made[at] = mutateText(dice, step)
      }
    }
  }
  return made.slice(0, 64)
}

function mutateText(dice: Dice, text: string): string {
  const from = dice.below(text.length + 1)
  const to = Math.min(text.length, from + 1 + dice.below(12))
  switch (dice.below(5)) {
    case 0:
      return text.slice(0, from) + text.slice(to)
    case 1:
      return text.slice(0, from) + text.slice(from, to).repeat(1 + dice.below(8)) + text.slice(to)
    case 2:
      return text.slice(0, from) + String.fromCharCode(dice.below(0x80)) + text.slice(from + 1)
    default:
      return text.slice(0, from) + dice.pick(bits) + text.slice(dice.percent(50) ? from : to)
  }
}

/** The least of a case that still goes wrong in the same way: steps are left out, then texts are cut. */
export async function shrink(
  steps: readonly string[],
  fails: (steps: readonly string[]) => Promise<boolean>,
  tries = 400,
): Promise<string[]> {
  let least = [...steps]
  let left = tries
  const better = async (candidate: string[]): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(candidate))) return false
    least = candidate
    return true
  }
  for (let size = Math.ceil(least.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < least.length;) if (!(await better(least.toSpliced(at, size)))) at += size
  for (let i = 0; i < least.length; i++)
    for (let size = Math.ceil((least[i] ?? '').length / 2); size >= 1; size = Math.floor(size / 2))
      for (let at = 0; at < (least[i] ?? '').length;) {
        const text = least[i] ?? ''
        if (!(await better(least.with(i, text.slice(0, at) + text.slice(at + size))))) at += size
      }
  return least
}
