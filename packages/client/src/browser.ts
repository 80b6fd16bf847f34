// The client alone: what the single file `@guestool/client/browser` exports.
export { createClient, type Client } from './client.js'
export type { ClientOptions, Connected } from './line.js'
export {
  closeCode,
  defineContract,
  GuestoolError,
  guestool,
  isGuestoolError,
  isTransient,
  type CallOptions,
  type ConnectionState,
  type Contract,
  type ContractTypes,
  type Counts,
  type ErrorCode,
  type GuestoolShape,
  type Requester,
  type Shape,
  type Token,
  type Watch,
  type WatchOptions,
} from '@guestool/core'
