import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { Entries } from './Entries.js'
import { texts } from './texts.js'

/** What happened to all guests. */
export function TimelineView(): VNode {
  const { title } = useTexts(texts)
  return (
    <section class="timeline-page">
      <h1>{title}</h1>
      <Entries guests="*" />
    </section>
  )
}
