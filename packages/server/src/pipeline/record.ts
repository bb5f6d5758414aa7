import { nameLabel } from '@breakwater/contract'
import type { Purpose } from '@breakwater/contract'
import type { AppError } from '@breakwater/kernel'
import { UNKNOWN } from '@breakwater/ledger'
import type { EntryDraft, EntryKind } from '@breakwater/ledger'
import type { Decision } from '../features/policy/index.ts'
import { nameBasis } from '../platform/audit/change.ts'
import type { Principal } from '../features/principals/index.ts'
import type { CrossingEnd } from '../platform/telemetry/index.ts'
import type { Forwarding, PartialCrossing } from './context.ts'
import type { GuardTally } from './guard/step.ts'

/** The rule that lets PHI be used for a purpose without anybody's authorisation. */
const BASES: Readonly<Partial<Record<Purpose, string>>> = {
  TREAT: '45-cfr-164.506-c',
  HPAYMT: '45-cfr-164.506-c',
  HOPERAT: '45-cfr-164.506-c',
  ETREAT: '45-cfr-164.506-c',
}

// A provider may name its models more freely than the ledger does.
const LEDGER_NAME = /^[A-Za-z0-9._:/@-]{1,128}$/

const MAX_CODE_CHARS = 64

type EntryPart = Partial<Pick<EntryDraft, 'counts' | 'codes' | 'decision'>>

/** An entry with as much as is known of a crossing; the ledger writes `unknown` for the rest. Ids, codes and counts. */
export function draftEntry(kind: EntryKind, tenant: string, crossing: PartialCrossing, part: EntryPart): EntryDraft {
  const { principal, purpose, basis, agreement, decision, keyVersion, provider, body, patients, batch } = crossing
  // A model is a declared name only once a provider of the tenant was found for it.
  const hasModelName = provider !== undefined && body !== undefined && LEDGER_NAME.test(body.model)
  return {
    tenant,
    kind,
    crossing: crossing.crossing,
    endpoint: crossing.act === 'preview' ? 'preview' : crossing.endpoint.id,
    principal: principal ? principal.id : UNKNOWN,
    actor: principal ? describeActor(principal) : { id: UNKNOWN, assurance: UNKNOWN },
    purpose: purpose ?? UNKNOWN,
    basis: purpose ? nameBasisOf(purpose, basis) : UNKNOWN,
    agreement: agreement ? { id: agreement.id, version: agreement.version } : UNKNOWN,
    policySet: decision ? decision.setSha256 : UNKNOWN,
    keyVersion: keyVersion ?? UNKNOWN,
    provider: provider ? provider.id : UNKNOWN,
    model: hasModelName ? body.model : UNKNOWN,
    features: body
      ? [
          ...body.features,
          ...describeLabels(crossing.labels ?? []),
          ...nameMinimum(crossing.minimum),
          ...(decision ? describeDecision(decision) : []),
          ...(crossing.detection ? [crossing.detection] : []),
        ]
      : [],
    patients: patients ?? [],
    counts: part.counts ?? {},
    codes: [
      ...markBreakGlass(principal?.breakGlass),
      ...(batch === undefined ? [] : [nameBatch(batch)]),
      ...(part.codes ?? []),
    ],
    decision: part.decision ?? UNKNOWN,
  }
}

function nameBasisOf(purpose: Purpose, basis: PartialCrossing['basis']): string {
  return basis ? nameBasis(basis) : (BASES[purpose] ?? UNKNOWN)
}

/** Names of the list only: what else a caller wrote is its own text. */
function describeLabels(labels: readonly string[]): string[] {
  return [...new Set(labels.map((label) => `label:${nameLabel(label)}`))].sort()
}

/** What the decision was about, and under a full audit which policies took it. */
function describeDecision({ dataClass, policies, obligations }: Decision): string[] {
  const deciding = obligations.audit === 'full' ? policies.map((id) => `policy:${id}`.slice(0, MAX_CODE_CHARS)) : []
  return [`data-class:${dataClass}`, ...deciding]
}

/** Which policies of minimum necessary said what may leave. */
function nameMinimum(minimum: PartialCrossing['minimum']): string[] {
  return minimum ? minimum.policies.map(({ id }) => `minimum:${id}`.slice(0, MAX_CODE_CHARS)) : []
}

/** A person acts for himself; a service for whom its token vouches for, whom it names, or nobody knows whom. */
function describeActor({ id, kind, actor }: Principal): NonNullable<EntryDraft['actor']> {
  if (actor) return actor
  return kind === 'human' ? { id, assurance: 'verified' } : { id: 'unknown', assurance: 'unknown' }
}

/** The batch that a crossing is a line of, in the codes of its entries. */
export function nameBatch(id: string): string {
  return `batch:${id}`
}

/** What a reviewer asks for afterwards: every crossing under one opening. */
function markBreakGlass(id: string | undefined): string[] {
  return id === undefined ? [] : ['break-glass', `break-glass:${id}`]
}

export function countMasked(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].map(([name, count]) => [`masked.${name}`, count]))
}

/** As many classes by name as an entry has room for beside its totals. */
const MAX_CLASSES = 54

export function countGuarded(tally: GuardTally): Record<string, number> {
  const { restored, withheld, unknown, mangled, links, removed } = tally
  const counts: Record<string, number> = {
    'token.restored': sum(restored),
    'token.withheld': sum(withheld),
    'token.unknown': unknown,
    'token.mangled': mangled,
    'link.neutralised': links,
  }
  let left = MAX_CLASSES
  for (const [prefix, byClass] of [
    ['removed', removed],
    ['token.restored', restored],
    ['token.withheld', withheld],
  ] as const) {
    for (const [name, count] of byClass) if (left-- > 0) counts[`${prefix}.${name}`] = count
  }
  return counts
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

/** What may be said of a crossing outside of the ledger. */
export function describeTrace({ principal, provider, body, purpose, maskCounts }: PartialCrossing): CrossingEnd {
  return {
    ...(principal && { tenant: principal.tenant }),
    // A model is a declared name only once a provider of the tenant was found for it.
    ...(provider && body && { provider: provider.id, providerKind: provider.kind, model: body.model }),
    ...(purpose && { purpose }),
    ...(body && { isStream: body.isStream }),
    ...(maskCounts && { masked: Object.fromEntries(maskCounts) }),
  }
}

/** Marks entries of a provider that was asked in place of another. */
export const FALLBACK = 'crossing.fallback'

export function countForwarded({ attempts, keptBack, fallbacks }: Forwarding): Record<string, number> {
  return {
    'forward.attempts': attempts,
    ...(keptBack > 0 && { 'forward.kept-back': keptBack }),
    ...(fallbacks > 0 && { 'forward.fallbacks': fallbacks }),
  }
}

/** The entry of a crossing that ended in an error: a refusal, or the outcome of what was already intended. */
export function draftFailure(tenant: string, crossing: PartialCrossing, { code, wait }: AppError): EntryDraft {
  const kind = crossing.intentIndex === undefined ? 'crossing.refused' : 'crossing.outcome'
  const counts = {
    ...(crossing.tally && countGuarded(crossing.tally)),
    ...(crossing.forwarding && countForwarded(crossing.forwarding)),
  }
  const codes = [
    code,
    ...(wait?.limit ? [`limit:${wait.limit.id}`] : []),
    ...(crossing.isFallback === true ? [FALLBACK] : []),
  ]
  return draftEntry(kind, tenant, crossing, { decision: 'deny', codes, counts })
}

/** The entry of a request that nobody declared. */
export function draftUnknown(principal: Principal): EntryDraft {
  return {
    tenant: principal.tenant,
    kind: 'crossing.refused',
    principal: principal.id,
    actor: describeActor(principal),
    decision: 'deny',
    codes: ['route.unknown'],
  }
}
