import { lookup as dnsLookup } from 'node:dns'
import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { LookupFunction } from 'node:net'
import { AppError } from '@breakwater/kernel'

/** Special-purpose blocks of the IANA registries (RFC 6890) and the clouds' metadata addresses: never public. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's wire server, which every machine there reaches.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
] as const
/** The one block of IPv6 that is handed out for global use; what lies outside is local, mapped or reserved. */
const GLOBAL_IPV6 = '2000::/3'

function createBlockList(blocks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const block of blocks) {
    const [address = '', bits] = block.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

const notPublic = createBlockList(NOT_PUBLIC)
const globalIpv6 = createBlockList([GLOBAL_IPV6])

function isPublic(address: string): boolean {
  if (isIPv6(address)) return globalIpv6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
  return !notPublic.check(address, 'ipv4')
}

/** Asks for all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export type AddressCheck = (address: string) => boolean

/** Internal providers live at addresses that somebody listed; all others only at public ones. */
export function createAddressCheck(isInternal: boolean, allowedAddresses: readonly string[]): AddressCheck {
  if (!isInternal) return isPublic
  const allowed = createBlockList(allowedAddresses)
  return (address) => allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Throws `provider.address-refused` for a host that is itself an address outside the check. */
export function requireAllowedHost(hostname: string, isAllowed: AddressCheck): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0 && !isAllowed(host)) throw refusal()
}

/** Resolves a name and hands out checked addresses only, so that the address checked is the address connected to. */
export function createPinnedLookup(isAllowed: AddressCheck, resolve: Resolve = dnsLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, [])
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (!first || allowed.length < addresses.length) return callback(refusal(), [])
      if (options.all === true) return callback(null, allowed)
      return callback(null, first.address, first.family)
    })
  }
}

function refusal(): AppError {
  return new AppError('provider.address-refused', {
    message: "the provider's address is not on its allow-list or not public",
  })
}
