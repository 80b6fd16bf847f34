import type { ComponentChildren, VNode } from 'preact'
import { useState } from 'preact/hooks'

/** What is there, and asks, only while it is open. */
export function Section({ title, children }: { title: string; children: () => ComponentChildren }): VNode {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="block" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {isOpen && children()}
    </details>
  )
}
