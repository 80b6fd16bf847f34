export type {
  Authenticate,
  ConsolePrincipal,
  GuestPrincipal,
  Principal,
  SignedIn,
  Verdict,
  Visitor,
} from './authentication.js'
export {
  tokens,
  type KeyInfo,
  type NewCode,
  type NewToken,
  type RotateOptions,
  type Tokens,
  type TokensOptions,
} from './tokens.js'
export type { AddGuestOptions, Authenticator, ExpectedGuest } from './authenticator.js'
export type { EntranceHeaders, EntranceRequest } from './entrance.js'
export type { GuestConnection, GuestState } from './guest-connection.js'
export { createHost, type Host, type ListenOptions } from './host.js'
export type { HostOptions } from './host-options.js'
export type { HostCounts, HostEvents } from './host-core.js'
export type { HostAddress, Page } from './http-server.js'
