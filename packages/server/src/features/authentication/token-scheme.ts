import { findBearer } from '../../platform/http/bearer.ts'
import type { PrincipalService } from '../principals/index.ts'
import type { AuthenticationScheme } from './types.ts'

const PREFIX = 'bw_'

/** A bearer token of ours (RFC 6750), of which only the hash is known here. */
export function createTokenScheme(principals: Pick<PrincipalService, 'authenticate'>): AuthenticationScheme {
  const find = (headers: { get(name: string): string | null }): string | undefined =>
    findBearer(headers.get('authorization') ?? undefined)
  return {
    name: 'token',
    matches: ({ headers }) => find(headers)?.startsWith(PREFIX) ?? false,
    authenticate: ({ headers, remoteAddress }) => principals.authenticate(find(headers) ?? '', remoteAddress),
  }
}
