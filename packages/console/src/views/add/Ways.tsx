import type { VNode } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useTexts } from '../../app/language.js'
import { CopyButton } from '../../ui/CopyButton.js'
import { dotenvLine } from './address.js'
import { texts } from './texts.js'

const ways = ['bot', 'cli', 'node'] as const
type Way = (typeof ways)[number]

/** The same URL for whatever joins: a bot, this machine, a program of one's own. */
export function Ways({ url, onCopied }: { url: string; onCopied: () => void }): VNode {
  const words = useTexts(texts)
  const [way, setWay] = useState<Way>('bot')
  const group = useId()
  const panel = useRef<HTMLDivElement>(null)
  // The name was typed; the next thing to do is to copy.
  useEffect(() => panel.current?.querySelector('button')?.focus(), [])
  const line = { bot: dotenvLine(url), cli: `guestool guest ${url}`, node: program(url) }[way]
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const next = ways.at((ways.indexOf(way) + step) % ways.length) ?? 'bot'
    setWay(next)
    document.getElementById(`${group}-${next}`)?.focus()
  }
  return (
    <div class="add-ways">
      <div class="add-tabs" role="tablist" aria-label={words.ways.label} onKeyDown={pressed}>
        {ways.map((each) => (
          <button
            key={each}
            id={`${group}-${each}`}
            type="button"
            role="tab"
            aria-selected={each === way}
            aria-controls={`${group}-panel`}
            tabIndex={each === way ? 0 : -1}
            onClick={() => setWay(each)}
          >
            {words.ways[each]}
          </button>
        ))}
      </div>
      <div
        ref={panel}
        id={`${group}-panel`}
        class="add-way"
        role="tabpanel"
        aria-labelledby={`${group}-${way}`}
      >
        <p>{words.line[way]}</p>
        <pre class="command add-line" tabIndex={0}>
          {line}
        </pre>
        <div class="line">
          <CopyButton kind="main" text={line} label={words.line.copy} onCopied={onCopied} />
        </div>
        {way === 'bot' && (
          <ul class="add-needs">
            {words.line.botNeeds.map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}

function program(url: string): string {
  return [
    "import { createGuest } from '@guestool/guest'",
    "import { systemInfo } from '@guestool/guest/node'",
    `createGuest('${url}', { info: systemInfo(), action: 'unsupported' })`,
  ].join('\n')
}
