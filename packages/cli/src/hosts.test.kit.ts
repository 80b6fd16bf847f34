import { createClient, type Client } from '@guestool/client'
import { guestool, webSocketDial, type Clock } from '@guestool/core'
import { createGuest, type GuestOptions } from '@guestool/guest'
import { createHost, type Host, type HostOptions } from '@guestool/server'
import { PythonGuest, type PythonGuestOptions } from '@guestool/testing'
import { systemClock } from '@guestool/core'
import { WebSocket } from 'ws'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

// Real hosts, guests and consoles over real sockets; the test's end is theirs.

/** A host on a port of its own. */
export async function hosting(options?: HostOptions): Promise<{ host: Host; url: string }> {
  const host = createHost({ history: false, ...options })
  onTestFinished(() => host.close())
  const { url } = await host.listen(0)
  return { host, url }
}

/** Waits until a guest of this id is there. */
export async function present(host: Host, id: string): Promise<void> {
  if (host.guest(id) !== undefined) return
  await new Promise<void>((resolve) => {
    const stop = host.on('guest', (guest) => {
      if (guest.id !== id) return
      stop()
      resolve()
    })
  })
}

const usage = { total: 400, available: 300, used: 100, percent: 25 }

/** What never changes, so that two answers can be compared. */
export const steady: GuestOptions['info'] = {
  python_version: 'unsupported',
  cpu: () => ({
    cpu_percent: 12.5,
    cpu_ncores: { physical: null, logical: 2 },
    cpu_freq: { current: 2400.5, min: 0, max: 0 },
    cpu_load: { last1m: 0.5, last5m: 0.25, last15m: 0.125 },
  }),
  memory: () => ({ mem: usage, swap: { total: 0, available: 0, used: 0, percent: 0 } }),
  all_partitions: ({ physical_only }) => [
    { device: '/dev/a', mountpoint: physical_only ? '/' : '/proc', filesystem: 'ext4', usage, error: null },
  ],
  all_disk_io: () => [{ device: 'sda', read_bytes: 1024, write_bytes: 0 }],
  all_network_io: () => [{ device: 'lo', sent_bytes: 512, recv_bytes: 512 }],
  processes: () => [
    { pid: 1, name: 'init\u001b[2J\ud83d', age: 90.5, cpu_stdperc: 0, cpu_normalized: 0, mem: 1024 },
  ],
  system_platform: () => ({ summary: 'Example', system: 'Example', release: '1', cpuarch: 'x86_64' }),
  time: () => ({ system: 100.25, nonebot: 10.5, system_ts: 1_700_000_000.25, nonebot_ts: 1_700_000_090 }),
  bots: () => ['10001', '机器人'],
  bots_connect_time: () => ({ '10001': 1_700_000_000.5 }),
  recv_events: () => ({ error: { message: 3 } }),
  apicall: () => ({ constructor: { send_msg: 3 } }),
}

/** A guest of this SDK at a host. */
export async function guesting(
  { host, url }: { host: Host; url: string },
  id: string,
  options: Partial<GuestOptions> = {},
) {
  const guest = createGuest(`${url}/join/${id}`, { info: steady, action: 'unsupported', ...options })
  onTestFinished(() => guest.close())
  await present(host, id)
  return guest
}

/** Twenty times as fast: what samples for a second does it in a moment. */
const fast: Clock = { ...systemClock, setTimer: (run, ms) => systemClock.setTimer(run, ms / 20) }

/** The scripted Python guest, in a hurry, over a real socket. */
export function python(
  url: string,
  options: Partial<PythonGuestOptions> & { clock?: Clock } = {},
): PythonGuest {
  const dial = webSocketDial(WebSocket, { url, maxPayload: 1024 * 1024 })
  const guest = new PythonGuest(dial, { clock: fast, processes: 3, ...options })
  onTestFinished(() => guest.kill())
  return guest
}

export function asking(url: string): Client {
  const client = createClient(url)
  onTestFinished(() => client.close())
  return client
}

/** What each info answers, or the code that it fails with. */
export async function everything(client: Client): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const name of guestool.info.keys()) {
    all[name] = await client.info(name as 'time').catch((error: { code: string }) => error.code)
  }
  return all
}

/** A folder of the test's own. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'guestool-cli-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
