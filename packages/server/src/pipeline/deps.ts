import type { Clock, Keyring } from '@breakwater/kernel'
import type { AgreementService } from '../features/agreements/index.ts'
import type { BudgetService } from '../features/budgets/index.ts'
import type { Authenticator } from '../features/authentication/index.ts'
import type { FreezeService } from '../features/freeze/index.ts'
import type { Keeper } from '../features/kept/index.ts'
import type { LedgerService } from '../features/ledger/index.ts'
import type { LegalBasisService } from '../features/legal-bases/index.ts'
import type { MinimumService } from '../features/minimum-necessary/index.ts'
import type { PeopleSlice } from '../features/people/index.ts'
import type { PolicyService } from '../features/policy/index.ts'
import type { ProviderService } from '../features/providers/index.ts'
import type { Telemetry } from '../platform/telemetry/index.ts'
import type { Sweeps } from '../features/sweeps/index.ts'
import type { ProviderAdapters } from '../providers/index.ts'
import type { DetectionEngine, DetectionScanner } from './detection/planner.ts'

export interface CrossingLimits {
  readonly maxBodyBytes: number
  readonly maxDepth: number
  /** From the forwarding to the last byte of the answer. */
  readonly deadlineMs: number
}

export const DEFAULT_LIMITS: CrossingLimits = { maxBodyBytes: 1_048_576, maxDepth: 64, deadlineMs: 120_000 }

/** What a crossing needs, each by its narrowest side. */
export interface CrossingDeps {
  readonly authenticator: Authenticator
  /** Throws `setup.incomplete` while the installation may not move PHI. */
  readonly people: Pick<PeopleSlice['people'], 'requireSetup'>
  readonly policy: Pick<PolicyService, 'decide' | 'decideRestore'>
  readonly legalBases: Pick<LegalBasisService, 'requireInForce'>
  readonly agreements: Pick<AgreementService, 'requireInForce'>
  readonly budgets: Pick<BudgetService, 'reserve'>
  readonly sweeps: Pick<Sweeps, 'observe'>
  /** What of records may leave. */
  readonly minimum: Pick<MinimumService, 'findInForce'>
  /** What is kept of crossings: nothing, where nobody switched it on. */
  readonly kept: Keeper
  readonly providers: Pick<ProviderService, 'findByModel' | 'findFallback' | 'list'>
  readonly egress: Pick<FreezeService, 'requireOpen' | 'watch'>
  readonly ledger: Pick<LedgerService, 'append'>
  readonly keyring: Keyring
  readonly clock: Clock
  /** The first detector: rules, lists and, unless the operator chose otherwise, models. */
  readonly engine: DetectionEngine
  /** Looks at what masking left, and shares nothing with the engine. */
  readonly scanner: DetectionScanner
  readonly adapters: Pick<ProviderAdapters, 'adapterFor'>
  readonly limits?: Partial<CrossingLimits>
  /** Left out: nothing is measured. */
  readonly telemetry?: Telemetry
}

export interface StageDeps extends CrossingDeps {
  readonly telemetry: Telemetry
  readonly limits: CrossingLimits
}
