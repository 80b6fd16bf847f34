import { cpu } from './cpu.js'
import type { SystemInfoHandlers } from './handlers.js'
import { memory } from './memory.js'
import { allPartitions } from './partitions.js'
import { systemPlatform, time } from './platform.js'
import { processes } from './processes.js'
import { pythonVersion } from './python.js'
import { allDiskIo, allNetworkIo } from './traffic.js'

export interface SystemInfoOptions {
  /**
   * The interpreter that `python_version` runs, a path or a name to find on `PATH`.
   *
   * @default 'python3'
   */
  readonly python?: string | undefined
}

/**
 * Handlers that answer with this machine's real values, by Node and systeminformation.
 *
 * All sampling ends when a call's signal fires, and calls at the same time do not disturb one another. Counters
 * of networks and processes are fresh twice a second at best and cost up to 0.2 s of spawned programs to read,
 * so a sample of them can take longer than its `smptime`; amounts are scaled to `smptime`.
 */
export function systemInfo(options: SystemInfoOptions = {}): SystemInfoHandlers {
  return {
    cpu: cpu(),
    memory,
    all_partitions: allPartitions,
    all_disk_io: allDiskIo,
    all_network_io: allNetworkIo,
    processes: processes(),
    system_platform: systemPlatform,
    time,
    python_version: pythonVersion(options.python),
  }
}
