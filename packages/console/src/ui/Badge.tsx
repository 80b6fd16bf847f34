import type { ComponentChildren, VNode } from 'preact'

/** How well something is; each has a colour and a shape of its own. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'info'

export function Badge({
  tone,
  title,
  children,
}: {
  tone: Tone
  title?: string
  children: ComponentChildren
}): VNode {
  return (
    <span class={`badge badge-${tone}`} title={title}>
      <i class="mark" aria-hidden="true" />
      {children}
    </span>
  )
}
