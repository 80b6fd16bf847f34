import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { EmptyState } from '../../ui/EmptyState.js'
import { texts } from './texts.js'

export function WireView(): VNode {
  const { title } = useTexts(texts)
  return <EmptyState title={title} />
}
