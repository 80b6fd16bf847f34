// What every call of the bench asks for and is answered with: `info cpu`, as a real guest sends it.

export const smptime = 0.5

export const cpu = {
  cpu_percent: 12.4,
  cpu_ncores: { physical: 4, logical: 8 },
  cpu_freq: { current: 2599.998, min: 800, max: 3900 },
  cpu_load: { last1m: 0.52734375, last5m: 0.5810546875, last15m: 0.59326171875 },
}
