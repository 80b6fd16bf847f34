import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { Button } from '../../ui/Button.js'
import { everything, hubItself, type FrameFilter } from './filter.js'
import { texts } from './texts.js'

export interface FiltersProps {
  readonly filter: FrameFilter
  readonly operations: readonly string[]
  readonly guests: readonly string[]
  readonly onFilter: (filter: FrameFilter) => void
}

export function Filters({ filter, operations, guests, onFilter }: FiltersProps): VNode {
  const words = useTexts(texts).filter
  const change = (changed: Partial<FrameFilter>): void => onFilter({ ...filter, ...changed })
  return (
    <div class="wire-filters line" role="search">
      <input
        class="input"
        type="search"
        placeholder={words.text}
        aria-label={words.text}
        value={filter.text}
        spellcheck={false}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <select
        class="select"
        aria-label={words.operation}
        value={filter.operation}
        onChange={({ currentTarget }) => change({ operation: currentTarget.value })}
      >
        <option value="">{words.anyOperation}</option>
        {withChosen(operations, filter.operation).map((operation) => (
          <option key={operation} value={operation}>
            {operation}
          </option>
        ))}
      </select>
      <select
        class="select"
        aria-label={words.guest}
        value={filter.guest}
        onChange={({ currentTarget }) => change({ guest: currentTarget.value })}
      >
        <option value="">{words.anyGuest}</option>
        <option value={hubItself}>{words.hub}</option>
        {withChosen(guests, filter.guest).map((guest) => (
          <option key={guest} value={guest}>
            {guest}
          </option>
        ))}
      </select>
      <select
        class="select"
        aria-label={words.direction}
        value={filter.direction}
        onChange={({ currentTarget }) =>
          change({ direction: currentTarget.value as FrameFilter['direction'] })
        }
      >
        <option value="both">{words.both}</option>
        <option value="sent">{words.sent}</option>
        <option value="received">{words.received}</option>
      </select>
      <Button pressed={filter.problems} onClick={() => change({ problems: !filter.problems })}>
        {words.problems}
      </Button>
      {JSON.stringify(filter) !== JSON.stringify(everything) && (
        <Button kind="quiet" onClick={() => onFilter(everything)}>
          {words.reset}
        </Button>
      )}
    </div>
  )
}

/** What was chosen stays to be seen when its last frame is dropped. */
function withChosen(all: readonly string[], one: string): readonly string[] {
  return one === '' || one === hubItself || all.includes(one) ? all : [...all, one]
}
