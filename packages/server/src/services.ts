import type { Environment } from '@breakwater/contract'
import type { Clock, Log, Mac } from '@breakwater/kernel'
import type { AccessTokens, ProofChecker, TokenKeys } from './features/access-tokens/index.ts'
import {
  createAccessTokens,
  createBoundTokenScheme,
  createProofChecker,
  createTokenKeys,
  createTokenKeyStore,
} from './features/access-tokens/index.ts'
import type { ActorIssuers } from './features/actor-issuers/index.ts'
import { createActorIssuers, createActorIssuerStore } from './features/actor-issuers/index.ts'
import type { AccessServices } from './access.ts'
import { createAccessServices } from './access.ts'
import type { AgreementService } from './features/agreements/index.ts'
import { createAgreementService, createAgreementStore } from './features/agreements/index.ts'
import type { BudgetService } from './features/budgets/index.ts'
import { createBudgets, createBudgetStore, createUnitStore } from './features/budgets/index.ts'
import type { VendorService } from './features/vendors/index.ts'
import { createVendorService, createVendorStore } from './features/vendors/index.ts'
import type { Sweeps } from './features/sweeps/index.ts'
import { createSweeps, createSweepStore } from './features/sweeps/index.ts'
import type { Site } from './features/console/index.ts'
import { createEnvelope, requireAttestation } from '@breakwater/keys'
import type { KekProvider, ReleaseRule } from '@breakwater/keys'
import type { KeyReleaseService } from './features/key-releases/index.ts'
import { createChallengeStore, createKeyReleaseService } from './features/key-releases/index.ts'
import type { KeyService, RotatableKeyring } from './features/keys/index.ts'
import { createKeyService, createKeyStore } from './features/keys/index.ts'
import type { KeptService } from './features/kept/index.ts'
import {
  createEvaluationStore,
  createFeedbackStore,
  createHistoryStore,
  createKept,
  createRuleStore,
} from './features/kept/index.ts'
import type { MinimumService } from './features/minimum-necessary/index.ts'
import { createMinimumService, createMinimumStore } from './features/minimum-necessary/index.ts'
import type { LedgerService } from './features/ledger/index.ts'
import { createLedgerService } from './features/ledger/index.ts'
import type { Authenticator } from './features/authentication/index.ts'
import { createAuthenticator, createTokenScheme } from './features/authentication/index.ts'
import type { DetectionEngine, DetectionScanner } from './pipeline/index.ts'
import type { PrincipalService } from './features/principals/index.ts'
import { createPrincipalService, createPrincipalStore } from './features/principals/index.ts'
import type { ProviderService } from './features/providers/index.ts'
import { createProviderService, createProviderStore } from './features/providers/index.ts'
import type { LegalBasisService } from './features/legal-bases/index.ts'
import { createLegalBasisService, createLegalBasisStore } from './features/legal-bases/index.ts'
import type { BatchService } from './features/batches/index.ts'
import { createBatchService, createBatchStore } from './features/batches/index.ts'
import type { SeenOnce } from './features/seen-once/index.ts'
import { createSeenOnce, createSeenOnceStore } from './features/seen-once/index.ts'
import type { ServiceClients } from './features/services/index.ts'
import { createServiceClients, createServiceStore } from './features/services/index.ts'
import type { SessionService } from './features/sessions/index.ts'
import {
  createBearerSessionScheme,
  createCookieScheme,
  createSessionService,
  createSessionStore,
} from './features/sessions/index.ts'
import type { IdentityProviderService } from './features/identity-providers/index.ts'
import {
  createIdentityProviderService,
  createIdentityProviderStore,
  createOidcClient,
} from './features/identity-providers/index.ts'
import type { PeopleSlice } from './features/people/index.ts'
import {
  createFailureStore,
  createInvitationStore,
  createMappingSync,
  createPasskeyStore,
  createPeopleSlice,
  createPersonStore,
  createTotpStore,
} from './features/people/index.ts'
import { createDirectoryStore } from './features/scim/index.ts'
import type { LifecycleServices } from './lifecycle.ts'
import { createLifecycleServices } from './lifecycle.ts'
import type { PolicyEngines } from './features/policy/index.ts'
import type { PolicyServices } from './policy-services.ts'
import { createPolicyServices } from './policy-services.ts'
import { createTextMasker } from './pipeline/index.ts'
import { createRecordChange, MIN_ADMINISTRATORS } from './record-change.ts'
import type { Db } from './platform/db/database.ts'
import { createSealedFields } from './platform/secrets/sealed-fields.ts'
import type { SealedFields } from './platform/secrets/sealed-fields.ts'
import type { RecordChange } from './platform/audit/change.ts'
import { createSecretBox } from './platform/secrets/secret-box.ts'
import type { CrossingLimits } from './pipeline/index.ts'
import { hasAdapter } from './providers/index.ts'
import type { Telemetry } from './platform/telemetry/index.ts'
import type { ProviderAdapters } from './providers/index.ts'

/** Whose ledger holds what concerns no tenant, and whose policy set must be active for the server to be ready. */
export const HOME_TENANT = 'default'

export interface AppDeps {
  /** As breakwater_app. */
  readonly db: Db
  /** The same for entries of the ledger alone, so that they wait behind no other work. Left out: that one. */
  readonly appendDb?: Db
  readonly clock: Clock
  readonly log: Log
  /** A line for each request. */
  readonly logsAccess?: boolean
  /** Left out: nothing is measured. */
  readonly telemetry?: Telemetry
  readonly keyring: RotatableKeyring
  /** The first wraps new data keys; the others open what they once wrapped. */
  readonly keyProviders: readonly [KekProvider, ...KekProvider[]]
  /** For providers that cannot tell who wrapped. */
  readonly recordMac?: Mac
  /** Classes whose keys open for attested machines only. */
  readonly releaseRules?: readonly ReleaseRule[]
  readonly engine: DetectionEngine
  readonly scanner: DetectionScanner
  /** Left out: those of this version, with their own connections. */
  readonly adapters?: ProviderAdapters
  /** Where files of providers' API keys lie. */
  readonly secretsDir?: string
  /** PEM of further authorities that providers' certificates may chain to. */
  readonly providerCa?: string
  /** Tests only: an identity provider on loopback speaks plain http. */
  readonly allowsInsecureIssuers?: boolean
  /** The built console; without it its pages say how to build it. */
  readonly site?: Site
  readonly limits?: Partial<CrossingLimits>
  /** What this installation is for. Default `development`. */
  readonly environment?: Environment
  /** Refused requests of unknown callers from one address in a minute, before the answer is 429. */
  readonly maxRefusalsPerMinute?: number
  /** The address it is known by outside, without a path: `iss` and `aud` of tokens, and where proofs are for. */
  readonly origin?: () => string
  /** Policies that the operator keeps on disk; left out: those of this version. With `locks`, drift stops what crosses. */
  readonly policyFolder?: { readonly dir?: string; readonly locks?: boolean }
  /** Loaded policy sets, for several servers in one process. Left out: its own. */
  readonly policyEngines?: PolicyEngines
  /** Tests only: the database may forget in a power cut. */
  readonly acceptsFragileDatabase?: boolean
}

export interface Services extends LifecycleServices, PeopleSlice, PolicyServices {
  readonly sessions: SessionService
  readonly identityProviders: IdentityProviderService
  readonly access: AccessServices
  readonly authenticator: Authenticator
  readonly principals: PrincipalService
  readonly services: ServiceClients
  readonly issuers: ActorIssuers
  readonly tokenKeys: TokenKeys
  readonly tokens: AccessTokens
  readonly proofs: ProofChecker
  readonly seenOnce: SeenOnce
  readonly batches: BatchService
  readonly agreements: AgreementService
  readonly budgets: BudgetService
  readonly fields: SealedFields
  readonly recordChange: RecordChange
  readonly vendors: VendorService
  readonly minimum: MinimumService
  readonly sweeps: Sweeps
  readonly kept: KeptService
  readonly keys: KeyService
  readonly keyReleases: KeyReleaseService
  readonly legalBases: LegalBasisService
  readonly providers: ProviderService
  readonly ledger: LedgerService
}

export const LOCAL_ORIGIN = 'https://localhost:8443'

/** The composition root: the one place that knows every store and service. */
export function createServices(deps: AppDeps): Services {
  const { db, clock, log, engine, keyring, acceptsFragileDatabase = false, origin = () => LOCAL_ORIGIN } = deps
  const { environment = 'development', recordMac, releaseRules = [] } = deps
  const guard = (each: KekProvider) =>
    requireAttestation(each, {
      findVerifier: ({ objectClass }) => releaseRules.find((rule) => rule.objectClass === objectClass)?.verify,
      ...(recordMac && { recordMac }),
    })
  const [newest, ...older] = deps.keyProviders
  const provider = guard(newest)
  const keyProviders = [provider, ...older.map(guard)] as const
  const { secretsDir, allowsInsecureIssuers = false } = deps
  const people = createPersonStore(db)
  const ledger = createLedgerService({
    db,
    ...(deps.appendDb && { appendDb: deps.appendDb }),
    clock,
    log,
    acceptsFragileDatabase,
  })
  const recordChange = createRecordChange(ledger, people)
  const keyStore = createKeyStore(db, clock)
  const envelope = createEnvelope({
    environment,
    providers: keyProviders,
    store: keyStore,
    clock,
    ...(recordMac && { recordMac }),
  })
  const fields = createSealedFields(envelope)
  const principalStore = createPrincipalStore(db)
  const principals = createPrincipalService({
    store: principalStore,
    clock,
    recordChange,
    environment,
  })
  const providers = createProviderService({
    store: createProviderStore(db),
    clock,
    recordChange,
    isTls12Excepted: async (tenant, id) => access.exceptions.isInForce(tenant, 'tls-1.2', id),
    hasAdapter,
  })
  const vendors = createVendorService({ store: createVendorStore(db), clock, recordChange, environment })
  const clients = createServiceClients({ store: createServiceStore(db), clock, recordChange })
  const identityProviders = createIdentityProviderService({
    store: createIdentityProviderStore(db),
    clock,
    recordChange,
    syncMappings: createMappingSync({
      people,
      principals,
      principalStore,
      listDirectoryIn: async (trx, scope) => createDirectoryStore(db).listHeldIn(trx, scope),
    }),
    refreshPrincipals: (tenant) => principals.refresh(tenant),
    allowsInsecureIssuers,
  })
  const isSingleControl = async (tenant: string): Promise<boolean> =>
    (await people.countAdministrators(tenant)) < MIN_ADMINISTRATORS
  const access = createAccessServices({
    db,
    clock,
    log,
    engine,
    fields,
    recordChange,
    ledger,
    principals,
    providers,
    clients,
    people,
    identityProviders,
    isSingleControl,
    endSessions: async (actor, principal) => {
      await sessions.endAll(actor, principal, { reason: 'revoked' })
    },
    homeTenant: HOME_TENANT,
  })
  const sessions = createSessionService({
    store: createSessionStore(db),
    clock,
    log,
    recordChange,
    principals,
    alerts: access.alerts,
    isExceptionInForce: async (tenant, id) => {
      const rows = await access.exceptions.list(tenant)
      const isOfIdleTime = rows.some((row) => row.id === id && row.kind === 'idle-timeout')
      return isOfIdleTime && access.exceptions.isInForceById(tenant, id)
    },
  })
  const policies = createPolicyServices({
    db,
    clock,
    log,
    recordChange,
    environment,
    folder: deps.policyFolder ?? {},
    isSingleControl,
    ...(deps.policyEngines && { engines: deps.policyEngines }),
  })
  const seenStore = createSeenOnceStore(db)
  const seenOnce = createSeenOnce({ store: seenStore, clock })
  const box = createSecretBox(keyring)
  const listTakenGroups = async (tenant: string): Promise<readonly string[]> =>
    access.recertification.listTaken(tenant, 'group')
  const lifecycleParts = {
    ...deps,
    environment,
    recordChange,
    sessions,
    people,
    principals,
    principalStore,
    identityProviders,
    access,
    listTakenGroups,
    box,
  }
  const tokenKeyStore = createTokenKeyStore(db)
  const tokenKeys = createTokenKeys({ store: tokenKeyStore, box, clock, recordChange, homeTenant: HOME_TENANT })
  const tokens = createAccessTokens({ keys: tokenKeys, clock, origin })
  const proofs = createProofChecker({ clock, seenOnce })
  const keyParts = { envelope, provider, environment, keyring, clock, recordChange, ledger, rules: releaseRules }
  return {
    access,
    fields,
    recordChange,
    authenticator: createAuthenticator(
      [
        createTokenScheme(principals),
        createBoundTokenScheme({ tokens, proofs, clients, principals, origin }),
        createCookieScheme(sessions, origin),
        createBearerSessionScheme(sessions),
      ],
      { enrich: (caller) => access.enrich(caller) },
    ),
    ...createPeopleSlice({
      stores: {
        people,
        passkeys: createPasskeyStore(db),
        invitations: createInvitationStore(db),
        totp: createTotpStore(db),
        failures: createFailureStore(db),
        principals: principalStore,
      },
      fields,
      alerts: access.alerts,
      listTakenGroups,
      clock,
      log,
      keyring,
      recordChange,
      principals,
      sessions,
      identityProviders,
      oidc: createOidcClient({ clock, allowsInsecureIssuers, ...(secretsDir !== undefined && { secretsDir }) }),
      publicUrl: origin,
      environment,
    }),
    sessions,
    ...createLifecycleServices({ ...lifecycleParts, publicUrl: origin, homeTenant: HOME_TENANT }),
    identityProviders,
    ledger,
    principals,
    ...policies,
    services: clients,
    issuers: createActorIssuers({ store: createActorIssuerStore(db), clock, recordChange }),
    tokenKeys,
    tokens,
    proofs,
    seenOnce,
    batches: createBatchService({ store: createBatchStore(db), clients, seenOnce: seenStore, clock, recordChange }),
    budgets: createBudgets({
      store: createBudgetStore(db),
      openUnits: (options) => createUnitStore(db, options),
      clock,
      recordChange,
    }),
    agreements: createAgreementService({
      store: createAgreementStore(db),
      clock,
      recordChange,
      vendors,
      alerts: access.alerts,
    }),
    vendors,
    sweeps: createSweeps({ store: createSweepStore(db), alerts: access.alerts, recordChange, keyring, clock }),
    minimum: createMinimumService({ store: createMinimumStore(db), clock, recordChange }),
    kept: createKept({
      stores: {
        rules: createRuleStore(db),
        history: createHistoryStore(db),
        feedback: createFeedbackStore(db),
        evaluations: createEvaluationStore(db),
      },
      clock,
      log,
      recordChange,
      ledger,
      fields,
      policy: policies.policy,
      maskText: createTextMasker(deps),
    }),
    keys: createKeyService({ ...keyParts, store: keyStore }),
    keyReleases: createKeyReleaseService({
      ...keyParts,
      store: createChallengeStore(db),
      keys: keyStore,
      providers: keyProviders,
    }),
    legalBases: createLegalBasisService({ store: createLegalBasisStore(db), clock, keyring, recordChange }),
    providers,
  }
}
