/**
 * Runs at the first call. Every other gets the same promise, also one that comes while the first is on its way: from a
 * listener that hears what the first does.
 */
export function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    if (done !== undefined) return done
    let begin: (() => void) | undefined
    done = new Promise((resolve, reject) => {
      begin = () => void run().then(resolve, reject)
    })
    begin?.()
    return done
  }
}
