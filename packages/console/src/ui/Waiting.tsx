import type { VNode } from 'preact'

/** Something is on its way. */
export function Waiting({ label }: { label?: string }): VNode {
  return (
    <div class="waiting" role="status" aria-label={label ?? '…'}>
      <i aria-hidden="true" />
      {label}
    </div>
  )
}
