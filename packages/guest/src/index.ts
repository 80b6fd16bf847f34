export type { Bots } from './bots.js'
export { createGuest, type Guest, type GuestInfoHandlers, type GuestOptions } from './guest.js'
export {
  closeCode,
  defineContract,
  GuestoolError,
  guestool,
  isGuestoolError,
  type ActionHandlers,
  type ConnectionState,
  type Contract,
  type ContractTypes,
  type Counts,
  type ErrorCode,
  type GuestoolShape,
  type Handler,
  type HandlerContext,
  type InfoHandlers,
  type Shape,
} from '@guestool/core'
