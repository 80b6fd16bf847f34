// The least that this package uses of a platform beyond core's own; private, as there.

interface AbortSignal {
  readonly aborted: boolean
}

interface URL {
  readonly href: string
}
