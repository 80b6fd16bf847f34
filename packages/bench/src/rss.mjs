/** Kibibytes of resident memory of this process, garbage left out. */
export function rss() {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1024
}
