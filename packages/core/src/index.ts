export {
  type CancelTimer,
  type Clock,
  elapsedSince,
  type Moment,
  momentOf,
  pause,
  setPatientTimer,
  systemClock,
} from './clock.js'
export type { BackoffOptions } from './connection/backoff.js'
export { Acceptor, type AcceptorOptions, type Refusal } from './connection/acceptor.js'
export { Connection, type ConnectionOptions, type ConnectionState } from './connection/connection.js'
export { isToken, type Token } from './connection/token.js'
export { Liveness, Wheel, type Beating, type LivenessOptions } from './connection/liveness.js'
export { Backlog, type Reader } from './backlog.js'
export { closeCode, dialsAgain, refusesRetry } from './close-code.js'
export { decode, encode, Malformed } from './codec.js'
export {
  defineContract,
  findOperation,
  isName,
  type Contract,
  type ContractDefinition,
  type ContractTypes,
  type Extended,
  type OperationDefinition,
  type OperationShape,
  type Shape,
  type ShapeOf,
} from './contract/contract.js'
export { guestool, type GuestoolShape } from './contract/guestool.js'
export { hub, type HubShape } from './contract/hub.js'
export type { Operation, OperationKind, OperationOptions } from './contract/operation.js'
export { defaultPort } from './default-port.js'
export {
  dispatch,
  validEvent,
  type ActionHandlers,
  type Handler,
  type HandlerTable,
  type InfoHandlers,
} from './dispatch.js'
export { newOpid } from '#fresh-opid'
export { Emitter, type Events } from './emitter.js'
export {
  Failure,
  GuestoolError,
  isGuestoolError,
  isTransient,
  textOf,
  wireCodes,
  type ErrorCode,
  type ErrorDetails,
  type WireCode,
} from './errors.js'
export { guestPattern, isGuestId, longestPattern } from './guest-id.js'
/** Every number of the protocol and of this SDK; `@guestool/core/limits` has them one by one. */
export * as limits from './limits.js'
export { isRecord, type Message, type Rejection } from './message.js'
export { once } from './once.js'
export { isOpid } from './opid.js'
export {
  assertEvent,
  BaseRequester,
  lifeOf,
  notInContract,
  paramsProblem,
  readEvent,
  type CallArguments,
  type CallOptions,
  type FailedCall,
  type Requester,
  type WatchOptions,
} from './requester.js'
export { errorReply, plainErrorReply, readReply } from './reply.js'
export { asking1 } from './revision/asking1.js'
export { asking2 } from './revision/asking2.js'
export type { AskingRevision, Event, Request, Revision, Wire } from './revision/revision.js'
export { revision1 } from './revision/revision1.js'
export { revision2 } from './revision/revision2.js'
export { guestAddresses, type Addresses } from './session/address.js'
export { echoHello } from './session/echo.js'
export { Asking, SessionRequester, abortedBy, type AskOptions, type Stop } from './session/requester.js'
export {
  SessionResponder,
  type Answer,
  type HandlerContext,
  type Load,
  type RequestContext,
  type ResponderOptions,
} from './session/responder.js'
export { addCounts, newCounts, type Counts } from './session/counts.js'
export { Session, type Ending, type Role, type SessionOptions } from './session/session.js'
export type { Dial, Receiver, Transport } from './transport.js'
export type { Watch } from './watch.js'
export {
  publicUrl,
  webSocketDial,
  webSocketUrl,
  type WebSocketConstructor,
  type WebSocketDialOptions,
} from './websocket.js'
export { webSocketTransport, type Accepted, type Corkable, type WebSocketLike } from './websocket-node.js'
