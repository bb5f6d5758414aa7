import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { AlertService } from './features/alerts/index.ts'
import { alertRoutes, createAlertService, createAlertStore } from './features/alerts/index.ts'
import type { BreakGlassService } from './features/break-glass/index.ts'
import { breakGlassRoutes, createBreakGlassService, createBreakGlassStore } from './features/break-glass/index.ts'
import type { ExceptionService } from './features/exceptions/index.ts'
import { createExceptionService, createExceptionStore, exceptionRoutes } from './features/exceptions/index.ts'
import type { FreezeService } from './features/freeze/index.ts'
import { createFreezeService, createFreezeStore, freezeRoutes } from './features/freeze/index.ts'
import type { GrantService } from './features/grants/index.ts'
import { createGrantService, createGrantStore, grantRoutes } from './features/grants/index.ts'
import { createJustifications, createJustificationStore } from './features/justifications/index.ts'
import type { IdentityProviderService } from './features/identity-providers/index.ts'
import type { LedgerService } from './features/ledger/index.ts'
import type { PersonStore } from './features/people/index.ts'
import { createGroupSource, requireConfirmedGroups } from './features/people/index.ts'
import type { PrincipalService } from './features/principals/index.ts'
import type { ProviderService } from './features/providers/index.ts'
import type { EntitlementSource, RecertificationService } from './features/recertification/index.ts'
import {
  createRecertificationService,
  createRecertificationStore,
  recertificationRoutes,
} from './features/recertification/index.ts'
import type { ServiceClients } from './features/services/index.ts'
import type { Soon } from './platform/async/soon.ts'
import { whenThere } from './platform/async/soon.ts'
import type { Actor, RecordChange } from './platform/audit/change.ts'
import type { Db } from './platform/db/database.ts'
import type { Caller, ServerEnv } from './platform/http/env.ts'
import type { SealedFields } from './platform/secrets/sealed-fields.ts'
import type { DetectionEngine } from './pipeline/index.ts'
import { createJustificationCheck } from './platform/text/justification.ts'

export interface AccessDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly engine: DetectionEngine
  readonly fields: SealedFields
  readonly recordChange: RecordChange
  readonly ledger: LedgerService
  readonly principals: PrincipalService
  readonly providers: ProviderService
  readonly clients: Pick<ServiceClients, 'disable' | 'list'>
  readonly people: Pick<PersonStore, 'listGroups' | 'readGroups'>
  readonly identityProviders: IdentityProviderService
  readonly endSessions: (actor: Actor, principal: string) => Promise<void>
  readonly isSingleControl: (tenant: string) => Promise<boolean>
  readonly homeTenant: string
}

/** Who has access for a time and why, who looks at it again, and what stops everything. */
export interface AccessServices {
  readonly alerts: AlertService
  readonly breakGlass: BreakGlassService
  readonly exceptions: ExceptionService
  readonly freezes: FreezeService
  readonly grants: GrantService
  readonly recertification: RecertificationService
  /** The caller as it stands at this second. Throws `auth.invalid`, `database.unavailable`. */
  enrich(caller: Caller): Soon<Caller>
  /** Writes down what time has done in a tenant. Gives how much that was. */
  sweep(tenant: string): Promise<number>
  /** Seals reasons that earlier versions kept in the clear. Gives how many. Throws what the key service throws. */
  sealOld(tenant: string): Promise<number>
}

export function createAccessServices(deps: AccessDeps): AccessServices {
  const { db, clock, log, engine, fields, recordChange, ledger, principals, providers, homeTenant } = deps
  const justifications = createJustifications({
    store: createJustificationStore(db),
    fields,
    check: createJustificationCheck(engine),
  })
  const alerts = createAlertService({ store: createAlertStore(db), clock, recordChange })
  const exceptions = createExceptionService({
    store: createExceptionStore(db),
    clock,
    recordChange,
    justifications,
  })
  const sources = [
    ...createPrincipalSources(principals, clock),
    createClientSource(deps.clients),
    createGroupSource(deps),
  ]
  const recertification = createRecertificationService({
    store: createRecertificationStore(db),
    clock,
    recordChange,
    sources,
  })
  const grants = createGrantService({
    store: createGrantStore(db),
    clock,
    recordChange,
    justifications,
    exceptions,
    findSubject: async (tenant, id) => (await principals.list(tenant)).find((principal) => principal.id === id),
    isConfirmed: (tenant, id) => recertification.isConfirmed(tenant, 'grant', id),
  })
  sources.push(createGrantSource(grants))
  const breakGlass = createBreakGlassService({
    store: createBreakGlassStore(db),
    clock,
    log,
    recordChange,
    justifications,
    alerts,
  })
  const freezes = createFreezeService({
    store: createFreezeStore(db),
    clock,
    log,
    recordChange,
    alerts,
    providers,
    ledger,
    homeTenant,
    isSingleControl: deps.isSingleControl,
  })
  return {
    alerts,
    breakGlass,
    exceptions,
    freezes,
    grants,
    recertification,
    enrich(caller) {
      const isConfirmed = caller.session ? requireConfirmedGroups(caller, recertification, deps.people) : undefined
      return whenThere(isConfirmed, () =>
        whenThere(recertification.enrich(caller), (kept) =>
          whenThere(grants.enrich(kept), (granted) => breakGlass.enrich(granted)),
        ),
      )
    },
    sealOld: async (tenant) => justifications.sealOld(tenant),
    async sweep(tenant) {
      const counts = [
        await exceptions.sweep(tenant),
        await grants.sweep(tenant),
        await breakGlass.sweep(tenant),
        await recertification.sweep(tenant),
      ]
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}

export function accessRoutes(services: AccessServices, clock: Clock): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .route('/', alertRoutes(services.alerts))
    .route('/', breakGlassRoutes(services.breakGlass, clock))
    .route('/', exceptionRoutes(services.exceptions, clock))
    .route('/', freezeRoutes(services.freezes))
    .route('/', grantRoutes(services.grants, clock))
    .route('/', recertificationRoutes(services.recertification, clock))
}

function createPrincipalSources(principals: PrincipalService, clock: Clock): readonly EntitlementSource[] {
  return [
    {
      kind: 'principal',
      list: async (tenant) =>
        (await principals.list(tenant))
          .filter(({ isDisabled }) => !isDisabled)
          .map(({ id, roles, purposes }) => ({ subject: id, holder: id, roles, purposes })),
      revoke: async (actor, id) => principals.disable(actor, id).catch(forgiveUnknown),
    },
    {
      kind: 'token',
      list: async (tenant) =>
        (await principals.listTokens(tenant))
          .filter(({ expiresAt }) => clock.now() < expiresAt)
          .map(({ sha256, principal }) => ({ subject: sha256, holder: principal, roles: [], purposes: [] })),
      async revoke(actor, sha256) {
        const found = (await principals.listTokens(actor.tenant)).find((token) => token.sha256 === sha256)
        if (found) await principals.revokeToken(actor, found.principal, sha256).catch(forgiveUnknown)
      },
    },
  ]
}

/** What a service logs in with: its keys, certificates and scopes. */
function createClientSource(clients: AccessDeps['clients']): EntitlementSource {
  return {
    kind: 'client',
    list: async (tenant) =>
      (await clients.list(tenant))
        .filter(({ isDisabled }) => !isDisabled)
        .map(({ id, scopes }) => ({ subject: id, holder: id, roles: scopes, purposes: [] })),
    revoke: async (actor, id) => clients.disable(actor, id).catch(forgiveUnknown),
  }
}

function createGrantSource(grants: GrantService): EntitlementSource {
  return {
    kind: 'grant',
    list: async (tenant) =>
      (await grants.listOpen(tenant)).map(({ id, principal, roles, purposes }) => ({
        subject: id,
        holder: principal,
        roles,
        purposes,
      })),
    revoke: async (actor, id) => grants.end(actor, id, 'recertification').catch(forgiveUnknown),
  }
}

/** What is gone already need not be taken away. */
function forgiveUnknown(thrown: unknown): void {
  if (!(thrown instanceof AppError) || thrown.code !== 'resource.unknown') throw thrown
}
