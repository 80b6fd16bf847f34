import { connect } from 'node:net'
import { z } from 'zod'
import type { DataFolder } from './data-folder.js'
import { Problem } from './failure.js'

const recordForm = z.strictObject({
  /** Where this machine dials it: `ws://127.0.0.1:37103`. */
  url: z.string(),
  /** Where people see it in a browser; without the console, null. */
  page: z.string().nullable(),
  pid: z.int(),
})

/** A host that runs on a data folder. */
export type RunningHost = z.infer<typeof recordForm>

const file = 'host.json'

/** The host that runs on this data folder now, if one does. */
export async function runningHost(data: DataFolder): Promise<RunningHost | undefined> {
  const record = await data.read(file, recordForm)
  if (record === undefined || !isAlive(record.pid) || !(await isListening(record.url))) return undefined
  return record
}

/**
 * Says that a host runs on this data folder.
 *
 * @throws {Problem} when another one does
 */
export async function claim(data: DataFolder, host: RunningHost): Promise<void> {
  for (;;) {
    if (await data.create(file, host)) return
    await assertUnclaimed(data)
    // It was killed before it could say that it is over.
    await data.remove(file)
  }
}

/** @throws {Problem} when a host runs on this data folder */
export async function assertUnclaimed(data: DataFolder): Promise<void> {
  const other = await runningHost(data)
  if (other === undefined) return
  const text = `a host runs on the data folder ${data.path} already: ${other.url} (process ${other.pid})`
  throw new Problem('failed', `${text}\nStop that one, or give this one a folder of its own with --data`)
}

export async function unclaim(data: DataFolder): Promise<void> {
  const record = await data.read(file, recordForm)
  if (record?.pid === process.pid) await data.remove(file)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A process of this number may be another one by now. */
function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port), timeout: 1_000 })
    const done = (listening: boolean) => () => {
      socket.destroy()
      resolve(listening)
    }
    socket.on('connect', done(true)).on('timeout', done(true)).on('error', done(false))
  })
}
