import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import type { Item } from './arrange.js'

export interface KeysOptions {
  readonly items: readonly Item[]
  readonly filter: RefObject<HTMLInputElement | null>
  readonly expanded: string | undefined
  readonly onExpand: (id: string) => void
  /** Empties the filter; undefined when it is empty. */
  readonly onClear: (() => void) | undefined
  /** Another guest is to have the focus. */
  readonly onFocus: (id: string, line: number) => void
}

/** Arrows, Home, End and pages move from guest to guest, left and right fold its bots, / goes to the filter, Escape clears it. */
export function useKeys(options: KeysOptions): void {
  // At once: the next key may come before the page is drawn, and must not find what was listed before.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (moves(event, options)) event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  })
}

function moves({ key, target }: KeyboardEvent, options: KeysOptions): boolean {
  const { items, filter, expanded } = options
  const inFilter = target === filter.current
  if (key === '/' && !isTyping(target)) {
    filter.current?.select()
    return true
  }
  if (key === 'Escape' && inFilter) {
    if (options.onClear) options.onClear()
    else filter.current?.blur()
    return true
  }
  const id = rowOf(target)
  if (id === undefined && !(key === 'ArrowDown' && (inFilter || target === document.body))) return false
  if (id !== undefined && key === (expanded === id ? 'ArrowLeft' : 'ArrowRight')) {
    options.onExpand(id)
    return true
  }
  const guests = items.flatMap((item, line) => (item.kind === 'guest' ? [{ line, id: item.member.id }] : []))
  const at = guests.findIndex((guest) => guest.id === id)
  const next = nextOf(key, at, guests.length - 1)
  if (next === undefined) return false
  if (next < 0) filter.current?.focus()
  const guest = guests[Math.min(next, guests.length - 1)]
  if (next >= 0 && guest) options.onFocus(guest.id, guest.line)
  return true
}

/** Where a key leads from a place among many; -1 is above them all. */
function nextOf(key: string, at: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1
    case 'ArrowUp':
      return at - 1
    case 'PageDown':
      return at + 10
    case 'PageUp':
      return Math.max(0, at - 10)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}

/** The guest whose row something is in. */
export function rowOf(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('.fleet-row')?.dataset['id'] : undefined
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}
