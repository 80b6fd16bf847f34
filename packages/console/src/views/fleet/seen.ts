import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Pixels: there is nothing to draw anew for less. */
const step = 80

/** Which part of an element can be seen: from and to, in pixels from its top, a little more than that. Looked at once a frame while something scrolls. */
export function useSeen(element: RefObject<HTMLElement | null>): readonly [top: number, bottom: number] {
  const [seen, setSeen] = useState<readonly [number, number]>([0, innerHeight])
  useEffect(() => {
    let frame = 0
    const look = (): void => {
      frame = 0
      const top = step * Math.floor(-(element.current?.getBoundingClientRect().top ?? 0) / step)
      const bottom = top + step + innerHeight
      setSeen((before) => (before[0] === top && before[1] === bottom ? before : [top, bottom]))
    }
    const soon = (): void => {
      frame ||= requestAnimationFrame(look)
    }
    look()
    // Whatever it is that scrolls: the page, or an element of a page around it.
    document.addEventListener('scroll', soon, { capture: true, passive: true })
    addEventListener('resize', soon)
    return () => {
      cancelAnimationFrame(frame)
      document.removeEventListener('scroll', soon, { capture: true })
      removeEventListener('resize', soon)
    }
  }, [])
  return seen
}

/** Whether there is room for cards only, as on a phone; fleet.css says the same. */
export function useNarrow(): boolean {
  const [media] = useState(() => matchMedia('(max-width: 60rem)'))
  const [narrow, setNarrow] = useState(media.matches)
  useEffect(() => {
    const change = (): void => setNarrow(media.matches)
    media.addEventListener('change', change)
    return () => media.removeEventListener('change', change)
  }, [])
  return narrow
}
