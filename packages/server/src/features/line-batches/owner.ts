import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Caller } from '../../platform/http/env.ts'
import { covers } from '../access-tokens/index.ts'
import type { PrincipalService } from '../principals/index.ts'
import type { ServiceClients } from '../services/index.ts'
import type { ReadOwner } from './types.ts'

export interface OwnerDeps {
  readonly principals: Pick<PrincipalService, 'find' | 'listTokens'>
  readonly clients: Pick<ServiceClients, 'find'>
  /** What a caller has or lacks at this second, as for a request that it sends itself. */
  readonly enrich: (caller: Caller) => Promise<Caller>
  readonly clock: Clock
}

/**
 * Reads whose batch it is again for each line. A token must still be there, a client still registered and its scopes still its
 * own: what was taken away meanwhile is gone for what is left of the batch.
 */
export function createOwnerReader({ principals, clients, enrich, clock }: OwnerDeps): ReadOwner {
  return async ({ tenant, owner, credential, scopes, actor }) => {
    const principal = await principals.find(tenant, owner)
    if (!principal) throw refuse()
    const kept = await narrow()
    return enrich({
      ...principal,
      credential,
      ...(kept && { scopes: kept }),
      ...(actor && { actor }),
    })

    async function narrow(): Promise<readonly string[] | undefined> {
      if (credential.kind === 'client') {
        const client = await clients.find(tenant, credential.id)
        if (!client) throw refuse()
        return scopes?.filter((scope) => covers(client.scopes, scope))
      }
      const now = clock.now()
      const tokens = await principals.listTokens(tenant)
      const isThere = tokens.some(
        ({ sha256, principal: of, expiresAt }) => sha256 === credential.id && of === owner && expiresAt > now,
      )
      if (!isThere) throw refuse()
      return scopes
    }
  }
}

function refuse(): AppError {
  return new AppError('auth.invalid', { message: 'the credential of the batch is not valid any more' })
}
