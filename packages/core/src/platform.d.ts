// The least that core uses of a platform, whatever the platform is: no DOM and no Node types are loaded here, so
// that the compiler proves core needs neither. Private: it is not part of the published types, where `AbortSignal`
// is the global of the user's own platform.

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare const performance: { now(): number }
declare const crypto: { randomUUID?(): string } | undefined
declare function setTimeout(callback: () => void, ms: number): unknown
declare function clearTimeout(timer: unknown): void

/** There on Node only. */
// oxlint-disable-next-line no-var -- only a `var` becomes a property of globalThis
declare var process: { nextTick(this: void, run: () => void): void } | undefined

/** Throws for what is no URL. */
declare const URL: new (url: string) => {
  readonly host: string
  readonly href: string
  username: string
  password: string
}
declare function decodeURIComponent(text: string): string
declare function btoa(bytes: string): string

declare class TextEncoder {
  encode(text: string): Uint8Array
}
