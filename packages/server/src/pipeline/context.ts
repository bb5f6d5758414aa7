import type { Purpose } from '@breakwater/contract'
import type { KnownPatient } from '@breakwater/deid'
import type { Decision } from '../features/policy/index.ts'
import type { BasisInForce } from '../features/legal-bases/index.ts'
import type { AgreementInForce } from '../features/agreements/index.ts'
import type { Principal } from '../features/principals/index.ts'
import type { Provider } from '../features/providers/index.ts'
import type { Exchange } from '../platform/http/exchange.ts'
import type { CrossingTrace } from '../platform/telemetry/index.ts'
import type { UpstreamAnswer } from '../providers/index.ts'
import type { Spending } from './answer/spending.ts'
import type { AnswerForms } from './structured/check.ts'
import type { AnswerDialect } from './answer/dialect.ts'
import type { FindRemovals } from './guard/remover.ts'
import type { GuardTally } from './guard/step.ts'
import type { Keeping } from './keep/types.ts'
import type { MaskCounts } from './mask/mask-pieces.ts'
import type { TrimTally } from './minimise/tally.ts'
import type { OutgoingText } from './residual/scan-residual.ts'
import type { TokenMap } from './tokens/token-map.ts'
import type { EndpointSpec } from './endpoints/spec.ts'
import type { ParsedBody } from './parsed-body.ts'

/** What is done with a request: it crosses, or its sender sees what would. */
export type Act = 'cross' | 'preview'

/** What arrived, before anything of it is believed. */
export interface Received {
  readonly act: Act
  readonly endpoint: EndpointSpec
  /** Names this crossing in the ledger. */
  readonly crossing: string
  /** The batch that it is a line of. */
  readonly batch?: string
  readonly exchange: Exchange
  readonly trace: CrossingTrace
  /** Called once the caller is known. */
  readonly identify: (principal: Principal) => void
}

export interface Authenticated extends Received {
  readonly principal: Principal
}

export interface Parsed extends Authenticated {
  readonly body: ParsedBody
  readonly conversation: string | undefined
  readonly patient: string | undefined
  /** What the caller knows of the patient: for detection, and nothing else may read it. */
  readonly known: readonly KnownPatient[]
  /** How sensitive it is and where it must stay, by whoever said so. */
  readonly labels: readonly string[]
}

export interface Authorised extends Parsed {
  readonly purpose: Purpose
  /** For purposes that need more than a role. */
  readonly basis: BasisInForce | undefined
  readonly provider: Provider
  readonly decision: Decision
  /** Classes whose values may be put back into the answer. */
  readonly restorable: ReadonlySet<string>
  /** Names of tools that the policy set and the caller say send on what they are given. */
  readonly egressTools: readonly string[]
}

export interface Agreed extends Authorised {
  readonly agreement: AgreementInForce
}

export interface Budgeted extends Agreed {
  /** Where a limit applies. */
  readonly spending: Spending | undefined
}

export interface Minimised extends Budgeted {
  /** Where a policy applies: which, and what was left out. */
  readonly minimum:
    | { readonly policies: readonly { readonly id: string; readonly version: number }[]; readonly trimmed: TrimTally }
    | undefined
}

export interface Masked extends Minimised {
  readonly maskedBody: string
  /** The texts of `maskedBody` where it is what came, byte for byte. */
  readonly outgoing: readonly OutgoingText[] | undefined
  /** What texts of the answer must be, as the caller wrote it. */
  readonly forms: AnswerForms
  readonly maskCounts: MaskCounts
  readonly map: TokenMap
  readonly keyVersion: number
  /** What detected, for the ledger. */
  readonly detection: string | undefined
  /** Keyed references, in hex. */
  readonly patients: readonly string[]
}

/** What the way to the provider came to; counted while it is gone. */
export interface Forwarding {
  /** Sent, to whomever. */
  attempts: number
  /** Not sent, because the provider fails. */
  keptBack: number
  /** Providers that were asked in place of the first. */
  fallbacks: number
}

export interface Recorded extends Masked {
  readonly intentIndex: number
  readonly forwarding: Forwarding
  /** The provider answers in place of another. */
  readonly isFallback?: true
}

export interface Forwarded extends Recorded {
  readonly upstream: UpstreamAnswer
  /** Ends the work with the provider, for a caller that leaves. */
  readonly abort: AbortController
}

export interface OutputGuarded extends Forwarded {
  readonly find: FindRemovals
  readonly tally: GuardTally
}

/** A safe answer: whole, or made while it is read; what a stream returns waits for the durable outcome. */
type SafeAnswer =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'stream'; readonly texts: AsyncGenerator<string, string, undefined> }

export interface Restored extends OutputGuarded {
  readonly dialect: AnswerDialect
  readonly answer: SafeAnswer
  /** Of a tenant that keeps its crossings. */
  readonly keeping: Keeping | undefined
}

/** The same with its end, which tells that the outcome is durable. */
type SettledAnswer =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'stream'; readonly texts: AsyncGenerator<string, void, undefined> }

export interface OutcomeRecorded extends Restored {
  readonly settled: SettledAnswer
  /** Unknown while a stream still runs. */
  readonly outcomeIndex: number | undefined
}

export interface PreviewRecorded extends Masked {
  readonly previewIndex: number
}

/** As much as is known when a crossing ends early. */
export type PartialCrossing = Received & Partial<Omit<OutcomeRecorded, keyof Received>>
