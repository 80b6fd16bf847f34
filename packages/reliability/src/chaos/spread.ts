/**
 * The most of some moments that lie in any one second, whenever that second begins.
 *
 * @param moments in milliseconds, in any order
 */
export function mostInOneSecond(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [last, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? moment) >= 1_000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
