import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { useTexts } from '../../app/language.js'
import { plainText } from '../../ui/plain-text.js'
import { texts } from './texts.js'

const atOnce = 100
const mostCharacters = 1_000
/** Levels that are open at first. */
const openLevels = 2

export interface JsonProps {
  readonly value: unknown
  /** Its key in what holds it. */
  readonly name?: string
  readonly level?: number
}

/** Any JSON value as a tree. What is closed is not in the document, and of long lists a part at a time. */
export function Json({ value, name, level = 0 }: JsonProps): VNode {
  if (typeof value === 'object' && value !== null) return <Branch value={value} name={name} level={level} />
  return (
    <div class="json-leaf">
      <Key name={name} />
      <Leaf value={value} />
    </div>
  )
}

function Leaf({ value }: { value: unknown }): VNode {
  if (typeof value !== 'string') return <span class="json-plain">{String(value)}</span>
  return (
    <span class="json-text">
      "<bdi>{plainText(value, mostCharacters)}</bdi>"
    </span>
  )
}

function Key({ name }: { name: string | undefined }): VNode | null {
  if (name === undefined) return null
  return (
    <span class="json-key">
      <bdi>{plainText(name, 80)}</bdi>:{' '}
    </span>
  )
}

function Branch({ value, name, level }: { value: object; name: string | undefined; level: number }): VNode {
  const words = useTexts(texts)
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  const [isOpen, setOpen] = useState(level < openLevels && entries.length <= atOnce)
  const [shown, setShown] = useState(atOnce)
  const size = `${isList ? '[' : '{'} ${entries.length} ${isList ? ']' : '}'}`
  if (entries.length === 0) {
    return (
      <div class="json-leaf">
        <Key name={name} />
        <span class="json-plain">{isList ? '[ ]' : '{ }'}</span>
      </div>
    )
  }
  return (
    <details class="json-branch" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Key name={name} />
        <span class="note">{size}</span>
      </summary>
      {isOpen && (
        <div class="json-children">
          {entries.slice(0, shown).map(([key, child]) => (
            <Json key={key} name={key} value={child} level={level + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" class="link" onClick={() => setShown(shown + 10 * atOnce)}>
              {words.more(entries.length - shown)}
            </button>
          )}
        </div>
      )}
    </details>
  )
}
