export type { SystemInfoHandlers } from './handlers.js'
export { systemInfo, type SystemInfoOptions } from './system-info.js'
