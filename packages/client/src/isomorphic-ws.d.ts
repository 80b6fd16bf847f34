// All that this package uses of isomorphic-ws, so that neither Node's nor the DOM's types come in with it.
// tsconfig.json maps the module to this file; no public type names anything of it.
import type { WebSocketConstructor } from '@guestool/core'

declare const WebSocket: WebSocketConstructor
export default WebSocket
