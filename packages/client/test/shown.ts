/** All that can be seen of a thing: what is enumerable and what is not, causes and stacks, of however deep. */
export function shown(thing: unknown): string {
  const seen = new Set<object>()
  const parts: string[] = []
  const look = (each: unknown): void => {
    if (typeof each === 'symbol' || typeof each === 'function') return void parts.push(each.toString())
    if (typeof each !== 'object' || each === null) return void parts.push(String(each))
    if (seen.has(each)) return
    seen.add(each)
    for (const key of Reflect.ownKeys(each)) {
      parts.push(String(key))
      look((each as Record<string | symbol, unknown>)[key])
    }
    if (each instanceof Error) parts.push(String(each))
    if (each instanceof Map || each instanceof Set) for (const inner of each) look(inner)
  }
  look(thing)
  return parts.join('\n')
}
