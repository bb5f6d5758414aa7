import type { Clock, Keyring, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
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
import type { Actor, RecordChange } from './platform/audit/change.ts'
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
      cutOff: async (actor, principal) => cutOff(deps, actor, principal),
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
 * Ends what a person holds. Nothing of it serves a disabled person already; ended it does not come back when the person
 * does. Safe to repeat.
 */
async function cutOff({ sessions, principals, access }: Held, { tenant, id }: Actor, principal: string): Promise<void> {
  const actor = { tenant, id }
  await sessions.endAll(actor, principal, { reason: 'disabled' })
  for (const token of await principals.listTokens(tenant)) {
    if (token.principal === principal) await forgiveGone(principals.revokeToken(actor, principal, token.sha256))
  }
  for (const grant of await access.grants.listOpen(tenant)) {
    if (grant.principal === principal) await forgiveGone(access.grants.end(actor, grant.id))
  }
  for (const opening of await access.breakGlass.list(tenant)) {
    if (opening.principal !== principal || opening.closedAt !== undefined) continue
    // An opening is closed in the name of who opened it.
    await forgiveGone(access.breakGlass.close({ tenant, id: principal }, opening.id))
  }
}

/** Somebody else ended it in the same moment, or it ran out. */
async function forgiveGone(ending: Promise<void>): Promise<void> {
  try {
    await ending
  } catch (error) {
    if (!(error instanceof AppError) || !['resource.unknown', 'resource.conflict'].includes(error.code)) throw error
  }
}
