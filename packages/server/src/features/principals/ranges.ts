import { BlockList, isIP } from 'node:net'

/** IPv4 as a dual-stack socket shows it (RFC 4291 section 2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i

/** Whether an address lies in one of the ranges: addresses, or CIDR notation. An unknown address lies nowhere. */
export function isWithin(ranges: readonly string[], address: string | undefined): boolean {
  const plain = (address ?? '').replace(MAPPED, '')
  if (isIP(plain) === 0) return false
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', bits] = range.split('/')
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(net, family)
    else list.addSubnet(net, Number(bits), family)
  }
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}
