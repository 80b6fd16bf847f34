import type { First } from '@guestool/testing'
import type { Mode } from './contract.js'

// What a history is made of. fast-check makes plans of seeds, and small ones of large ones.

export interface GuestPlan {
  readonly kind: 'sdk' | 'odd' | 'python'
  readonly revision: 1 | 2
  readonly maxPending: number
}

export interface ConsolePlan {
  readonly kind: 'client' | 'hub'
  /** The guest that a client asks. */
  readonly guest: number
  readonly revision: 1 | 2
  /** Whether its socket has pings: those of browsers do not. */
  readonly ping: boolean
}

export type How = 'both' | 'dialler' | 'acceptor' | 'nobody'
export type Forgery =
  | 'copy'
  | 'spoof'
  | 'stray'
  | 'reject'
  | 'rejectPending'
  | 'garbage'
  | 'nan'
  | 'binary'
  | 'badFlood'
  | 'strayFlood'
  | 'hello'

export type Act =
  | {
      readonly do: 'ask'
      /** 0 is the host itself, then the consoles. */
      readonly who: number
      readonly guest: number
      readonly what: 'echo' | 'act' | 'sample' | 'alone' | 'memory'
      readonly wait: number
      readonly mode: Mode
      readonly timeout: number | undefined
      readonly abort: number | undefined
      readonly times: number
    }
  | { readonly do: 'fleet'; readonly who: number; readonly timeout: number }
  | { readonly do: 'watch'; readonly who: number; readonly guest: number; readonly samples: number }
  | { readonly do: 'news'; readonly guest: number }
  | { readonly do: 'listen'; readonly who: number; readonly guest: number }
  | { readonly do: 'break'; readonly which: number; readonly told: How }
  | {
      readonly do: 'breach'
      readonly which: number
      readonly dialler: boolean
      readonly bytes: number
      readonly silently: boolean
    }
  | { readonly do: 'stall'; readonly which: number; readonly ms: number }
  | {
      readonly do: 'freeze'
      readonly machine: number
      readonly ms: number
      readonly asleep: boolean
      readonly first: First
    }
  | { readonly do: 'shiftWall'; readonly machine: number; readonly ms: number }
  | { readonly do: 'forge'; readonly which: number; readonly dialler: boolean; readonly what: Forgery }
  | {
      readonly do: 'dials'
      readonly party: number
      readonly outcome: 'hang' | 'refuse' | 'throw' | 1013 | 4429
    }
  | { readonly do: 'rival'; readonly guest: number }
  | { readonly do: 'restart'; readonly party: number; readonly politely: boolean }
  | { readonly do: 'close'; readonly party: number }
  | { readonly do: 'dismiss'; readonly guest: number }
  | { readonly do: 'restartHost' }
  | { readonly do: 'token'; readonly party: number; readonly what: 'wrong' | 'throws' | 'slow' | 'never' }
  | { readonly do: 'revoke'; readonly party: number }

interface Step {
  /** Milliseconds before it. */
  readonly wait: number
  readonly act: Act
}

export interface Plan {
  /** Of the delays and the backoff. */
  readonly salt: number
  /** Milliseconds that a frame takes at most. */
  readonly delay: number
  readonly authenticates: boolean
  readonly keepsHistory: boolean
  readonly guests: readonly GuestPlan[]
  readonly consoles: readonly ConsolePlan[]
  readonly steps: readonly Step[]
}
