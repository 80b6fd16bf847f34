import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { plainText } from '../../ui/plain-text.js'
import { stepNames, type Progress, type Stranger } from './steps.js'
import { texts } from './texts.js'

const signs = { done: '✓', waiting: '', problem: '!' }

/** What the host sees of the new guest, and what to fix. */
export function Steps({ progress, address }: { progress: Progress; address: string }): VNode {
  const words = useTexts(texts)
  const { steps, problem, strangers, value } = progress
  const now = stepNames.find((name) => steps[name] !== 'done')
  return (
    <section class="add-steps" aria-label={words.steps.label} aria-live="polite">
      <ol>
        {stepNames.map((name) => (
          <li key={name} data-step={name} data-state={steps[name]} data-now={name === now ? '' : undefined}>
            <i aria-hidden="true">{signs[steps[name]]}</i>
            <span>
              {words.steps[name]}
              <span class="hidden">: {words.steps.state[steps[name]]}</span>
            </span>
            {name === 'value' && value !== undefined && (
              <span class="muted">{words.steps.memory(plainText(value, 80))}</span>
            )}
          </li>
        ))}
      </ol>
      {problem !== undefined && (
        <div class="error" role="alert">
          <p>
            <strong>{words.problem[problem.what][0]}</strong> {words.problem[problem.what][1]}
          </p>
          {problem.says !== '' && <p class="error-said">{plainText(problem.says, 300)}</p>}
        </div>
      )}
      {strangers.map((stranger) => (
        <Slip key={JSON.stringify(stranger)} stranger={stranger} />
      ))}
      {steps.reached === 'waiting' && (
        <details class="add-nothing">
          <summary>{words.nothing.title}</summary>
          <ul class="add-needs">
            <li>{words.nothing.saved}</li>
            <li>{words.nothing.reach(address)}</li>
            <li>{words.nothing.ends}</li>
          </ul>
        </details>
      )}
    </section>
  )
}

function Slip({ stranger }: { stranger: Stranger }): VNode {
  const words = useTexts(texts).stranger
  const guest = plainText(stranger.guest, 64)
  const told = stranger.certain ? words.certain(guest) : words.maybe(guest, stranger.address ?? words.unknown)
  return (
    <div class={stranger.certain ? 'error' : 'add-warning'} data-certain={stranger.certain}>
      <p>{told}</p>
      <p class="error-said">{plainText(stranger.says, 300)}</p>
    </div>
  )
}
