// A browser's own WebSocket. In a browser `#isomorphic-ws` (package.json) is this in place of isomorphic-ws, which looks
// for it under names that browsers had long ago.

import type { WebSocketConstructor } from '@guestool/core'

// oxlint-disable-next-line import/no-default-export -- isomorphic-ws has no other
export default (globalThis as unknown as { readonly WebSocket: WebSocketConstructor }).WebSocket
