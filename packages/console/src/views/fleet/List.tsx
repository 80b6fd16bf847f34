import type { RefObject, VNode } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { useNow } from '../../app/now.js'
import { useSession } from '../../app/session.js'
import { whileVisible } from '../../app/visibility.js'
import { number } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import type { Item, Wish } from './arrange.js'
import { Head } from './Head.js'
import { Histories } from './histories.js'
import { rowOf, useKeys } from './keys.js'
import { Lines } from './lines.js'
import { Row } from './Row.js'
import { texts } from './texts.js'
import { useSeen, useNarrow } from './seen.js'

/** Where the fleet was left: what had the focus, and how far the page was scrolled. */
let left: { readonly id: string | undefined; readonly top: number } = { id: undefined, top: 0 }

const heights = { machine: 36, row: 40, card: 132 }

export interface ListProps {
  readonly items: readonly Item[]
  readonly wish: Wish
  readonly onWish: (wish: Wish) => void
  readonly filter: RefObject<HTMLInputElement | null>
  readonly onRemove: ((id: string) => void) | undefined
}

/** The guests, of which only those are there that can be seen. */
export function List({ items, wish, onWish, filter, onRemove }: ListProps): VNode {
  const t = useTexts(texts)
  const speaks = useCell(language)
  const { hub, fleet } = useSession()
  const narrow = useNarrow()
  const now = useNow(10_000)
  const [expanded, setExpanded] = useState<string>()
  const [focused, setFocused] = useState<string>()
  const body = useRef<HTMLDivElement>(null)
  const histories = useMemo(() => new Histories(hub), [hub])
  useEffect(() => fleet.onVitals((vitals) => histories.grow(vitals)), [fleet, histories])
  const lines = useMemo(() => {
    const guest = narrow ? heights.card : heights.row
    return new Lines(
      items.map((item) => {
        if (item.kind === 'machine') return heights.machine
        return guest + (item.key === expanded ? botsHeight(item.member.vitals?.bots.length ?? 0, narrow) : 0)
      }),
    )
  }, [items, narrow, expanded])
  const [top, bottom] = useSeen(body)
  const [from, to] = lines.between(top - 200, bottom + 200)
  const seen = items.slice(from, to)
  const ids = seen.flatMap((item) => (item.kind === 'guest' ? [item.member.id] : []))
  useEffect(
    () =>
      whileVisible(() => {
        histories.want(ids)
        return () => histories.want([])
      }),
    [histories, ids.join(' ')],
  )
  useLayoutEffect(() => {
    window.scrollTo(0, left.top)
    const { id } = left
    if (items.some(({ key }) => key === id)) setFocused(id)
    return () => {
      left = { id: rowOf(document.activeElement), top: window.scrollY }
    }
  }, [])
  useLayoutEffect(() => {
    if (focused === undefined) return
    const link = body.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(focused)}"] a`)
    link?.focus({ preventScroll: true })
    link?.closest('.fleet-row')?.scrollIntoView({ block: 'nearest' })
    if (link) setFocused(undefined)
  })
  const expand = useCallback(
    (id: string): void => setExpanded((before) => (before === id ? undefined : id)),
    [],
  )

  useKeys({
    items,
    filter,
    expanded,
    onExpand: expand,
    onClear: wish.text === '' ? undefined : () => onWish({ ...wish, text: '' }),
    onFocus(id, line) {
      setFocused(id)
      bringInto(body.current, lines.topOf(line), lines.heightOf(line))
    },
  })

  return (
    <div class="fleet-table" role="table" aria-label={t.title} aria-rowcount={items.length + 1}>
      <Head wish={wish} onWish={onWish} />
      <div ref={body} class="fleet-body" role="rowgroup" style={{ height: `${lines.height}px` }}>
        {seen.map((item, offset) => {
          const place = { top: lines.topOf(from + offset), height: lines.heightOf(from + offset) }
          if (item.kind === 'guest') {
            const { key, member, condition } = item
            return (
              <Row
                key={key}
                {...place}
                member={member}
                condition={condition}
                histories={histories}
                now={now}
                index={from + offset + 2}
                expanded={expanded === key}
                onExpand={expand}
                onRemove={onRemove}
              />
            )
          }
          return (
            <div
              key={item.key}
              class="fleet-group"
              role="row"
              style={{ top: `${place.top}px`, height: `${place.height}px` }}
            >
              <span role="cell">
                <strong class="name">{item.address === null ? t.noMachine : plainText(item.address)}</strong>{' '}
                <span class="note">
                  {t.guests(number(speaks, item.guests))}
                  {item.problems > 0 && `, ${t.problemsOf(number(speaks, item.problems))}`}
                </span>
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Of the bots one by one; more than fit in it are scrolled. */
function botsHeight(count: number, narrow: boolean): number {
  return Math.min(120, 14 + 26 * Math.ceil(count / (narrow ? 1 : 4)))
}

/** Scrolls so far that a line is there, below the heads that stay. */
function bringInto(body: HTMLElement | null, top: number, height: number): void {
  const start = (body?.getBoundingClientRect().top ?? 0) + top
  if (start < 120) window.scrollBy(0, start - 120)
  else if (start + height > innerHeight - 8) window.scrollBy(0, start + height - innerHeight + 8)
}
