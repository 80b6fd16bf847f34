export { createClient, type Client, type ClientOptions } from './client.js'
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
  type Counts,
  type ErrorCode,
  type GuestoolShape,
  type Requester,
  type Shape,
  type Watch,
  type WatchOptions,
} from '@guestool/core'
