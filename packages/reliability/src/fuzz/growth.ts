/** Something hostile of any size, and what is done with it. */
export interface Attack {
  readonly name: string
  /** Sizes of it in characters, each twice the one before. */
  readonly sizes: readonly [number, number, number]
  /** Makes one of this size, and gives what is measured. */
  readonly ready: (size: number) => () => unknown
}

/** How the cost of an attack grows with its size. */
export interface Growth {
  readonly name: string
  /** What the largest one cost. */
  readonly cost: number
  /** 1 is in proportion to the size, 2 with its square. */
  readonly exponent: number
}

/** @param cost what running something takes, in whatever unit */
export function growthOf({ name, sizes, ready }: Attack, cost: (run: () => unknown) => number): Growth {
  const [small, , large] = sizes.map((size) => cost(ready(size)))
  // Nothing at all is as good as very little.
  const exponent = Math.log(((large ?? 0) + 1e-9) / ((small ?? 0) + 1e-9)) / Math.log(sizes[2] / sizes[0])
  return { name, cost: large ?? 0, exponent }
}

/**
 * Measures an attack, and again where it seems to grow too fast: what else the machine does only ever adds.
 *
 * @param least milliseconds that are nothing
 */
export function measured(attack: Attack, least: number): Growth {
  let growth = growthOf(attack, milliseconds)
  for (let i = 0; i < 6 && isTooMuch(growth, least); i++) {
    const again = growthOf(attack, milliseconds)
    if (again.exponent < growth.exponent) growth = again
  }
  if (!isTooMuch(growth, least)) return growth
  // An engine keeps many keys in another way than few, so that the cost jumps once. The square would go on.
  const [a, b, c] = attack.sizes
  const { exponent } = growthOf({ ...attack, sizes: [4 * a, 4 * b, 4 * c] }, milliseconds)
  return { ...growth, exponent: Math.min(exponent, growth.exponent) }
}

/** Whether it grows with more than its size, and is more than nothing. */
export function isTooMuch({ cost, exponent }: Growth, least: number): boolean {
  return cost > least && exponent > 1.5
}

/** Milliseconds of the quickest of five runs. */
export function milliseconds(run: () => unknown): number {
  let best = Infinity
  for (let i = 0; i < 5; i++) {
    const from = performance.now()
    run()
    best = Math.min(best, performance.now() - from)
  }
  return best
}
