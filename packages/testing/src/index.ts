export { MemoryAddress, memoryDial, type DialOutcome } from './memory-address.js'
export { Machine, type First } from './machine.js'
export {
  MemoryEnd,
  type MemoryClose,
  type MemoryEndName,
  type MemoryFrame,
  type MemoryPairOptions,
} from './memory-end.js'
export { MemoryPair, memoryPair } from './memory-pair.js'
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.js'
export { frame, opidOf, readFrame, type RawFrame } from './peer/frames.js'
export { Peer, peerOn, type PeerSocket, type RawPeer } from './peer/peer.js'
export { script, ScriptedPeer, type Step } from './peer/scripted.js'
export { PythonGuest, type PythonGuestOptions } from './python/guest.js'
export { pyDumps, PyFloat, pyLoads, type PyValue } from './python/json.js'
export type { PyParams, PythonMachine } from './python/machine.js'
export { SessionAsker, Stage, type Staged, type StageOptions } from './stage.js'
export type { Asker } from './conformance/asked-talk.js'
export { badFrames, badFramesAllowed, type BadFrame } from './conformance/bad-frames.js'
export type { ConformanceCase } from './conformance/case.js'
export {
  requesterConformance,
  type RequesterConformanceOptions,
  type RequesterSubject,
} from './conformance/requester.js'
export {
  responderConformance,
  type ResponderConformanceOptions,
  type ResponderSubject,
} from './conformance/responder.js'
