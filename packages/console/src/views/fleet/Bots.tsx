import type { VNode } from 'preact'
import { useCell } from '../../app/cell.js'
import type { Vitals } from '../../app/fleet/member.js'
import { language, useTexts } from '../../app/language.js'
import { Badge } from '../../ui/Badge.js'
import { botTexts, botTone, type BotState } from '../../ui/bot-texts.js'
import { age, number } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { texts } from './texts.js'

type BotList = Vitals['bots']

const states: readonly BotState[] = ['departed', 'silent', 'online']

export interface BotsSummaryProps {
  readonly id: string
  readonly bots: BotList
  /** Whether the guest is: else this is what was known last. */
  readonly here: boolean
  readonly expanded: boolean
  readonly onExpand: (id: string) => void
}

/** How many bots are in each state; a click shows them one by one. */
export function BotsSummary({ id, bots, here, expanded, onExpand }: BotsSummaryProps): VNode {
  const t = useTexts(texts)
  const says = useTexts(botTexts)[here ? 'is' : 'was']
  const speaks = useCell(language)
  const names = bots.slice(0, 20).map((bot) => `${plainText(bot.id, 40)}: ${says[bot.state]}`)
  return (
    <button
      type="button"
      class="fleet-expand"
      aria-expanded={expanded}
      aria-label={t.botsShow(plainText(id))}
      title={`${names.join('\n')}${bots.length > names.length ? '\n…' : ''}`}
      onClick={() => onExpand(id)}
    >
      {states.map((state) => {
        const count = bots.filter((bot) => bot.state === state).length
        return (
          count > 0 && (
            <Badge key={state} tone={botTone(state, here)}>
              {number(speaks, count)}
              <span class="hidden"> {says[state]}</span>
            </Badge>
          )
        )
      })}
      <i class="fleet-chevron" aria-hidden="true" />
    </button>
  )
}

/** As many as anybody reads; a guest's own view has all of them. */
const most = 200

export function Bots({ bots, here, now }: { bots: BotList; here: boolean; now: number }): VNode {
  const says = useTexts(botTexts)[here ? 'is' : 'was']
  const speaks = useCell(language)
  return (
    <div class="fleet-bot-list" role="cell">
      {bots.slice(0, most).map(({ id, state, state_ts }) => (
        <span key={id} class="fleet-bot">
          <Badge tone={botTone(state, here)}>
            <span class="name mono">{plainText(id, 40)}</span>
          </Badge>
          <span class="note">
            {says[state]} {here && age(speaks, state_ts, now)}
          </span>
        </span>
      ))}
      {bots.length > most && <span class="note">… {number(speaks, bots.length - most)}</span>}
    </div>
  )
}
