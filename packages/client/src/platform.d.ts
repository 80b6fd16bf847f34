// The least that this package uses of a platform beyond core's own; private, as there.

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

interface URL {
  readonly href: string
}

declare const URL: new (url: string) => { readonly href: string; pathname: string }
