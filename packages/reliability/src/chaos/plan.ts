/** What happens to a process, or to what goes through the proxy before it. */
export type Fault =
  | { readonly what: 'kill' | 'freeze'; readonly target: string; readonly ms: number }
  | { readonly what: 'stall' | 'swallow_up' | 'swallow_down'; readonly target: string; readonly ms: number }
  | { readonly what: 'reset'; readonly target: string }
  | { readonly what: 'cut'; readonly target: string; readonly bytes: number }

/** A fault, and when: milliseconds after the one before. */
export interface Step {
  readonly after: number
  readonly fault: Fault
}

/** Faults without end, drawn at random. */
export function* faults(random: () => number, host: string, others: readonly string[]): Generator<Step> {
  for (;;) {
    const target = random() < 0.12 ? host : (others[Math.floor(random() * others.length)] ?? host)
    yield { after: 200 + random() * 1_300, fault: drawn(random, target, target === host) }
  }
}

function drawn(random: () => number, target: string, isHost: boolean): Fault {
  const draw = random()
  // A process is away, or frozen, for a moment mostly; now and then so long that the other side gives it up.
  const ms = random() < 0.15 ? 15_000 + random() * 15_000 : random() * 5_000
  if (isHost) return { what: draw < 0.5 ? 'kill' : 'freeze', target, ms: Math.min(ms, 8_000) }
  if (draw < 0.2) return { what: 'kill', target, ms }
  if (draw < 0.4) return { what: 'freeze', target, ms }
  if (draw < 0.55) return { what: 'stall', target, ms }
  if (draw < 0.67) return { what: 'swallow_up', target, ms }
  if (draw < 0.79) return { what: 'swallow_down', target, ms }
  if (draw < 0.9) return { what: 'reset', target }
  return { what: 'cut', target, bytes: Math.floor(random() * 20_000) }
}
