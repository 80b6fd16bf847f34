/**
 * Runs `work` while the tab is visible: at once, and again each time it is shown. What `work` returns is called when the
 * tab is hidden. Returns what ends it all.
 */
export function whileVisible(work: () => (() => void) | void): () => void {
  let stop: (() => void) | void = undefined
  let running = false
  const change = (): void => {
    const visible = document.visibilityState === 'visible'
    if (visible === running) return
    running = visible
    if (visible) stop = work()
    else stop?.()
  }
  document.addEventListener('visibilitychange', change)
  change()
  return () => {
    document.removeEventListener('visibilitychange', change)
    if (running) stop?.()
  }
}

/**
 * Runs `job` at once and then every so many milliseconds, from end to start, while the tab is visible. A hidden tab
 * aborts the signal; a shown one begins anew. Returns what ends it.
 */
export function everyWhileVisible(
  ms: number,
  job: (signal: AbortSignal) => Promise<void> | void,
): () => void {
  return whileVisible(() => {
    const aborter = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async (): Promise<void> => {
      await job(aborter.signal)
      if (!aborter.signal.aborted) timer = setTimeout(() => void run(), ms)
    }
    void run()
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  })
}
