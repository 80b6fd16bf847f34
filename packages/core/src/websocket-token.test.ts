import { describe, expect, test } from 'vitest'
import type { Receiver } from './transport.js'
import { openWebSocket as openOnNode } from './websocket-node.js'
import { openWebSocket as openInBrowser } from './websocket-standard.js'
import { webSocketDial } from './websocket.js'

/** Notes how it was made. */
class Made extends EventTarget {
  static calls: unknown[][] = []
  readyState = 0
  constructor(...call: unknown[]) {
    super()
    Made.calls.push(call)
  }
  send(): void {}
  close(): void {}
}

const url = 'wss://host/guests/alpha'

/** The URL and the subprotocols of a page's WebSocket. */
function inBrowser(address: string, token?: string): unknown[] {
  Made.calls = []
  openInBrowser(Made as never, { url: address }, token)
  return Made.calls[0] ?? []
}

function onNode(address: string, token: string | undefined): unknown[] {
  Made.calls = []
  openOnNode(Made as never, { url: address, maxPayload: 1 }, token)
  return Made.calls[0] ?? []
}

const bearer = (token: string): string => `bearer.${Buffer.from(token).toString('base64url')}`

describe('in a browser a token is a subprotocol', () => {
  test.each(['t', 'to', 'tok', '>>>???~~~', 'x'.repeat(512), ...Array.from('!-~azAZ09+/=')])(
    '%s',
    (token) => {
      expect(inBrowser(url, token)).toEqual([url, ['guestool', bearer(token)]])
    },
  )

  test('none offers none', () => {
    expect(inBrowser(url)).toEqual([url, []])
  })

  test.each([
    ['ws://alpha:s3cret@host/join/alpha?x=1', 'ws://host/join/alpha?x=1', 's3cret'],
    ['ws://s3cret@host/', 'ws://host/', 's3cret'],
    ['ws://:s3cret@host/', 'ws://host/', 's3cret'],
    ['ws://a:b:c@host/', 'ws://host/', 'b:c'],
    ['ws://alpha:s%40cret@host/', 'ws://host/', 's@cret'],
  ])('that of %s too: a browser does not send it', (address, bare, token) => {
    expect(inBrowser(address)).toEqual([bare, ['guestool', bearer(token)]])
  })

  test('the option wins over the URL, which is bare all the same', () => {
    expect(inBrowser('ws://alpha:s3cret@host/', 'other')).toEqual([
      'ws://host/',
      ['guestool', bearer('other')],
    ])
  })
})

describe('on Node it is a header', () => {
  test('of the option', () => {
    const [address, protocols, options] = onNode(url, 'tok+/en~')
    expect([address, protocols]).toEqual([url, []])
    expect(options).toMatchObject({ headers: { authorization: 'Bearer tok+/en~' } })
  })

  test('or none; what the URL holds is for `ws`', () => {
    const [address, , options] = onNode('ws://alpha:s3cret@host/', undefined)
    expect(address).toBe('ws://alpha:s3cret@host/')
    expect(options).toMatchObject({ headers: {} })
  })
})

test('what dials a URL hands on the token of each dial', () => {
  Made.calls = []
  const dial = webSocketDial(Made as never, { url, maxPayload: 1 })
  dial({} as Receiver, 'one')
  dial({} as Receiver, 'two')
  expect(Made.calls.map(([, , options]) => options)).toMatchObject([
    { headers: { authorization: 'Bearer one' } },
    { headers: { authorization: 'Bearer two' } },
  ])
})
