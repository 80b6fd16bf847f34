import { useEffect, useState } from 'preact/hooks'
import { everyWhileVisible } from './visibility.js'

/** Unix seconds, read every so many milliseconds while the page is visible. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(() => Date.now() / 1_000)
  useEffect(() => everyWhileVisible(ms, () => setNow(Date.now() / 1_000)), [ms])
  return now
}
