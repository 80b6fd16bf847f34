import type { ComponentChildren, VNode } from 'preact'

export interface ButtonProps {
  readonly onClick?: () => void
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  /** What it does, where its content is only a sign. */
  readonly label?: string
  readonly title?: string
  /** Of a button that is on or off. */
  readonly pressed?: boolean
  readonly children: ComponentChildren
}

export function Button(props: ButtonProps): VNode {
  const { onClick, kind = 'plain', type = 'button', disabled, label, title, pressed, children } = props
  return (
    <button
      type={type}
      class={`button button-${kind}`}
      disabled={disabled}
      aria-label={label}
      title={title ?? label}
      aria-pressed={pressed}
      onClick={onClick && (() => onClick())}
    >
      {children}
    </button>
  )
}
