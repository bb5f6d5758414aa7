import type { Clock, Keyring, Log } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { AccessServices } from './access.ts'
import type { DeviceService } from './features/device-codes/index.ts'
import { createDeviceCodeStore, createDeviceService, deviceRoutes } from './features/device-codes/index.ts'
import type { IdentityProviderService } from './features/identity-providers/index.ts'
import type { createPersonStore } from './features/people/index.ts'
import type { PrincipalService, PrincipalStore } from './features/principals/index.ts'
import type { Directory, ScimTokenService } from './features/scim/index.ts'
import {
  createDirectory,
  createDirectoryStore,
  createScimTokenService,
  createScimTokenStore,
  scimRoutes,
} from './features/scim/index.ts'
import type { SessionService } from './features/sessions/index.ts'
import type { Actor, Change, RecordChange, Transaction } from './platform/audit/change.ts'
import type { Db } from './platform/db/database.ts'
import type { ServerEnv } from './platform/http/env.ts'
import type { SecretBox } from './platform/secrets/secret-box.ts'

export interface LifecycleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly box: SecretBox
  readonly environment: string
  readonly recordChange: RecordChange
  readonly sessions: SessionService
  readonly people: ReturnType<typeof createPersonStore>
  readonly principals: PrincipalService
  readonly principalStore: PrincipalStore
  readonly identityProviders: IdentityProviderService
  readonly listTakenGroups: (tenant: string) => Promise<readonly string[]>
  readonly access: Pick<AccessServices, 'grants' | 'breakGlass'>
  readonly publicUrl: () => string
  readonly homeTenant: string
}

/** How a person's programs come in, and how people come and go. */
export interface LifecycleServices {
  readonly devices: DeviceService
  readonly directory: Directory
  readonly scimTokens: ScimTokenService
}

export function createLifecycleServices({ db, ...deps }: LifecycleDeps): LifecycleServices {
  return {
    devices: createDeviceService({ ...deps, store: createDeviceCodeStore(db) }),
    directory: createDirectory({
      ...deps,
      store: createDirectoryStore(db),
      cutOffIn: async (trx, actor, principal) => cutOffIn(deps, trx, actor, principal),
      refresh: (tenant) => refresh(deps, tenant),
    }),
    scimTokens: createScimTokenService({ ...deps, store: createScimTokenStore(db) }),
  }
}

export function lifecycleRoutes(services: LifecycleServices, publicUrl: () => string): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .route('/', deviceRoutes(services.devices))
    .route('/', scimRoutes({ ...services, publicUrl }))
}

type Held = Pick<LifecycleDeps, 'sessions' | 'principals' | 'access'>

/**
 * Ends what a person holds, with whatever else the transaction does: none of it comes back when the person does. First all
 * rows, then, by the caller, all entries: an entry takes the log's counter, and who waits for a row must not hold it.
 */
async function cutOffIn(
  { sessions, principals, access }: Held,
  trx: Transaction,
  { tenant, id }: Actor,
  principal: string,
): Promise<readonly Change[]> {
  const actor = { tenant, id }
  return [
    ...(await sessions.endAllIn(trx, actor, principal, 'disabled')),
    ...(await principals.revokeTokensIn(trx, actor, principal)),
    ...(await access.grants.endAllIn(trx, actor, principal)),
    ...(await access.breakGlass.closeAllIn(trx, actor, principal)),
  ]
}

/** Lets this replica see it at once; others do within a second. */
function refresh({ sessions, principals, access }: Held, tenant: string): void {
  for (const part of [sessions, principals, access.grants, access.breakGlass]) part.refresh(tenant)
}
