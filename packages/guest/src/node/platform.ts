import { machine, release as kernelRelease, type as systemType, uptime } from 'node:os'
import { osInfo } from 'systeminformation'
import type { SystemInfoHandlers } from './handlers.js'
import { abortable, once } from './sampling.js'

const platform = once(async () => {
  const { distro, release, codename } = await osInfo()
  // On Windows the name says the version, and the library's release is the kernel's.
  const version = process.platform === 'win32' ? '' : ` ${release}${codename && ` (${codename})`}`
  const system = distro === 'unknown' ? systemType() : distro + version
  const [kernel, cpuarch] = [kernelRelease(), machine()]
  return { summary: `${system} ${kernel} ${cpuarch}`, system, release: kernel, cpuarch }
})

/**
 * `system_platform`: for example `Debian GNU/Linux 12 (bookworm)`, `6.1.0-18-amd64` (the kernel's), `x86_64`, and
 * the three in a row. Found once.
 */
export const systemPlatform: SystemInfoHandlers['system_platform'] = (_params, { signal }) =>
  abortable(platform(), signal)

/** `time`: by Node. The system's start is found as now less its uptime, so it is told in whole seconds. */
export const time: SystemInfoHandlers['time'] = () => {
  const system = uptime()
  return {
    system,
    nonebot: process.uptime(),
    system_ts: Math.round(Date.now() / 1000 - system),
    nonebot_ts: performance.timeOrigin / 1000,
  }
}
