const codes = { SIGINT: 130, SIGTERM: 143 } as const

/** What ends a program that has no end of its own. */
export type Interrupt = keyof typeof codes

/** With which code a program ends that was broken off. */
export function exitCodeOf(interrupt: Interrupt): number {
  return codes[interrupt]
}

/**
 * Resolves when somebody presses Ctrl-C, or the system ends the program. Until this is called, either ends it at once;
 * from then on it is for the caller to end, and a second one does not wait for that.
 */
export function interrupted(): Promise<Interrupt> {
  return new Promise((resolve) => {
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // Whoever presses Ctrl-C again does not want to wait for goodbyes.
        if (stopping) process.exit(codes[signal])
        stopping = true
        resolve(signal)
      })
    }
  })
}
