import { expect, test } from 'vitest'
import { addressReader, networkOf } from './peer-address.js'

const read = (
  trusted: string | string[],
  forwarded: string | string[] | undefined,
  address: string | undefined,
) => addressReader(trusted)({ url: '/', headers: { 'x-forwarded-for': forwarded }, address })

test.each([
  ['nothing forwarded', 'loopback', undefined, '127.0.0.1', '127.0.0.1'],
  ['one proxy', 'loopback', '192.0.2.7', '127.0.0.1', '192.0.2.7'],
  ['one proxy, by its IPv6 address', 'loopback', '192.0.2.7', '::1', '192.0.2.7'],
  ['one proxy, by an IPv4 address in IPv6', 'loopback', '192.0.2.7', '::ffff:127.0.0.1', '192.0.2.7'],
  ['one proxy, by a Unix socket', 'loopback', '192.0.2.7', undefined, '192.0.2.7'],
  ['a peer of IPv6', 'loopback', '2001:db8::1', '127.0.0.1', '2001:db8::1'],
  ['two proxies', ['loopback', '10.0.0.0/8'], '192.0.2.7, 10.1.2.3', '127.0.0.1', '192.0.2.7'],
  ['two proxies, without spaces', ['loopback', '10.0.0.0/8'], '192.0.2.7,10.1.2.3', '127.0.0.1', '192.0.2.7'],
  ['two headers', ['loopback', '10.0.0.0/8'], ['192.0.2.7', '10.1.2.3'], '127.0.0.1', '192.0.2.7'],
  ['a proxy’s own request', ['loopback', '10.0.0.0/8'], '10.1.2.3', '127.0.0.1', '10.1.2.3'],
  [
    'an entry that the peer made up',
    'loopback',
    '127.0.0.1, 198.51.100.1, 192.0.2.7',
    '127.0.0.1',
    '192.0.2.7',
  ],
  ['an address that is not trusted', 'loopback', '127.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['nobody trusted', [], '198.51.100.1', '127.0.0.1', '127.0.0.1'],
  ['nobody trusted, by a Unix socket', [], '198.51.100.1', undefined, undefined],
  ['an empty header', 'loopback', '', '127.0.0.1', 'unknown'],
  ['garbage', 'loopback', 'garbage', '127.0.0.1', 'unknown'],
  ['garbage, by a Unix socket', 'loopback', 'unix:', undefined, 'unknown'],
  ['garbage left of the peer', 'loopback', '<script>, 192.0.2.7', '127.0.0.1', '192.0.2.7'],
  ['garbage left of a trusted proxy', ['loopback', '10.0.0.0/8'], 'a b, 10.1.2.3', '127.0.0.1', 'unknown'],
  ['garbage from an address that is not trusted', 'loopback', '\u0000,,,', '192.0.2.7', '192.0.2.7'],
  ['a port beside the address', 'loopback', '192.0.2.7:1234', '127.0.0.1', 'unknown'],
  ['a peer that just left', 'loopback', '192.0.2.7', 'unknown', 'unknown'],
])('%s', (_, trusted, forwarded, address, expected) => {
  expect(read(trusted, forwarded, address)).toBe(expected)
})

test.each(['', 'nginx', '10.0.0.0/99', 'true', '10.0.0.0/8, 127.0.0.1', ['10.0.0.1', '*']])(
  'the option trustProxy does not take %j',
  (trusted) => {
    expect(() => addressReader(trusted)).toThrow(/trustProxy is .*; give "loopback"/)
  },
)

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:0001:2::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:0:0:1::', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['unknown', 'unknown'],
  [undefined, ''],
])('%s is of the network %j', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
