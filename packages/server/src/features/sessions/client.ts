import type { Credentials } from '../../platform/http/credentials.ts'
import type { Carrier, Client } from './types.ts'

const MAX_CHARS = 200

/** Where a request comes from. The address is that of the connection, never of a header. */
export function readClient({ remoteAddress, headers }: Credentials): Client {
  const userAgent = (headers.get('user-agent') ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, MAX_CHARS)
  return { address: remoteAddress ?? 'unknown', userAgent }
}

// Somebody who walks from one network to another is not in both; five minutes lie between a notebook closed and opened.
const MOVE_SECONDS = 300

/**
 * What a request says about a session that began somewhere: the same client, one that moved, or two at once. A secret never
 * goes from one browser to another by itself; an address may change, but not while the old one is still at work.
 */
export function compareClients(
  known: Client & { readonly lastSeenMs: number },
  client: Client,
  nowMs: number,
): 'same' | 'moved' | 'concurrent' {
  if (client.userAgent !== known.userAgent) return 'concurrent'
  if (client.address === known.address) return 'same'
  return nowMs - known.lastSeenMs <= MOVE_SECONDS * 1_000 ? 'concurrent' : 'moved'
}

/**
 * Whether two sessions of one person are at work in two places. A browser and the command line of one machine are one place,
 * and differ in all but the address.
 */
export function isSecondDevice(
  other: Client & { readonly carrier: Carrier; readonly lastSeenMs: number },
  client: Client & { readonly carrier: Carrier },
  nowMs: number,
): boolean {
  const isOtherProgram = other.carrier === client.carrier && other.userAgent !== client.userAgent
  return (isOtherProgram || other.address !== client.address) && nowMs - other.lastSeenMs <= MOVE_SECONDS * 1_000
}
