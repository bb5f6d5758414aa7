import { BlockList, isIP } from 'node:net'

/** IPv4 as a dual-stack socket shows it (RFC 4291 section 2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i

/**
 * Whether an address lies in one of the ranges: addresses, or CIDR notation. An unknown address lies nowhere. The list is
 * made once, and the last answer kept: most callers come from where they came from before.
 */
export function createRangeCheck(ranges: readonly string[]): (address: string | undefined) => boolean {
  let list: BlockList | undefined
  let last: { readonly address: string; readonly isWithin: boolean } | undefined
  return (address) => {
    if (address === undefined) return false
    if (last?.address === address) return last.isWithin
    const plain = address.replace(MAPPED, '')
    const family = isIP(plain)
    list ??= makeList(ranges)
    last = { address, isWithin: family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4') }
    return last.isWithin
  }
}

function makeList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', bits] = range.split('/')
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(net, family)
    else list.addSubnet(net, Number(bits), family)
  }
  return list
}
