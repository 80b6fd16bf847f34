/** Whether an address or a host name can mean nothing but this machine: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return plain === 'localhost' || plain === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(plain)
}
