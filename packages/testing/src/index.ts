export { MemoryAddress, memoryDial, type DialOutcome } from './memory-address.js'
export {
  MemoryEnd,
  MemoryPair,
  memoryPair,
  type MemoryClose,
  type MemoryEndName,
  type MemoryFrame,
  type MemoryPairOptions,
} from './memory-pair.js'
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.js'
