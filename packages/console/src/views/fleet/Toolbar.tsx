import type { RefObject, VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import { problemsIn, type Tally } from '../../app/fleet/problems.js'
import { language, useTexts } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { number } from '../../ui/format.js'
import { shows, sorts, type Show, type Sort, type Wish } from './arrange.js'
import { texts } from './texts.js'

export interface ToolbarProps {
  readonly wish: Wish
  readonly onWish: (wish: Wish) => void
  readonly tally: Tally
  readonly filter: RefObject<HTMLInputElement | null>
}

/** Filter, states with how many are in each, order, and whether machines are shown. */
export function Toolbar({ wish, onWish, tally, filter }: ToolbarProps): VNode {
  const t = useTexts(texts)
  const speaks = useCell(language)
  const counts = countsOf(tally)
  return (
    <div class="fleet-tools">
      <div class="fleet-filter">
        <input
          ref={filter}
          class="input"
          type="search"
          aria-label={t.filter}
          aria-keyshortcuts="/"
          title={t.filterKey}
          placeholder={t.filter}
          autocomplete="off"
          spellcheck={false}
          value={wish.text}
          onInput={({ currentTarget }) => onWish({ ...wish, text: currentTarget.value })}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <div class="fleet-shows" role="group" aria-label={t.show}>
        {shows
          .filter((show) => show === 'all' || counts[show] > 0 || show === wish.show)
          .map((show) => (
            <Button
              key={show}
              kind="quiet"
              pressed={show === wish.show}
              onClick={() => onWish({ ...wish, show })}
            >
              <i class={`mark mark-${show}`} aria-hidden="true" />
              {t.shows[show]} <span class="count">{number(speaks, counts[show])}</span>
            </Button>
          ))}
      </div>
      <div class="fleet-order">
        <label class="fleet-sort">
          <span class="note">{t.sortBy}</span>
          <select
            class="select"
            value={wish.sort}
            onChange={({ currentTarget }) =>
              onWish({ ...wish, sort: currentTarget.value as Sort, reversed: false })
            }
          >
            {sorts.map((sort) => (
              <option key={sort} value={sort}>
                {t.column[sort]}
              </option>
            ))}
          </select>
        </label>
        <Button
          kind="quiet"
          pressed={wish.byMachine}
          onClick={() => onWish({ ...wish, byMachine: !wish.byMachine })}
        >
          {t.byMachine}
        </Button>
      </div>
    </div>
  )
}

function countsOf(tally: Tally): Record<Show, number> {
  const { gone, unresponsive, awaited, departed, silent, well } = tally
  const problems = problemsIn(tally)
  return { all: problems + well, problems, gone, unresponsive, awaited, bots: departed + silent, well }
}
