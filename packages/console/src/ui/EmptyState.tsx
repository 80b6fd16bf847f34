import type { ComponentChildren, VNode } from 'preact'

/** Where there is nothing: why, and what to do. */
export function EmptyState({ title, children }: { title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
