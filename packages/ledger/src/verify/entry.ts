import { AppError, canonicalJson } from '@breakwater/kernel'
import type { JsonValue } from '@breakwater/kernel'

/** What an entry can tell. Closed: a kind names the event, and verifiers accept every released one for ever. */
export const ENTRY_KINDS = [
  'access-token-key.created',
  'access-token.issued',
  'access.approved',
  'access.denied',
  'access.lapsed',
  'access.requested',
  'access.withdrawn',
  'account.enrolled',
  'actor-issuer.disabled',
  'actor-issuer.put',
  'administration.refused',
  'agreement.activated',
  'agreement.expired',
  'agreement.expiring',
  'agreement.put',
  'agreement.terminated',
  'alert.acknowledged',
  'batch.received',
  'break-glass.closed',
  'break-glass.confirmed',
  'break-glass.opened',
  'break-glass.overdue',
  'break-glass.reviewed',
  'crossing.intent',
  'crossing.outcome',
  'crossing.refused',
  'data.decided',
  'device.approved',
  'device.denied',
  'device.locked',
  'egress.frozen',
  'egress.lift-proposed',
  'egress.lifted',
  'exception.approved',
  'exception.denied',
  'exception.ended',
  'exception.proposed',
  'grant.ended',
  'grant.given',
  'handshake.failed',
  'handshake.older',
  'identity-provider.disabled',
  'identity-provider.put',
  'invite.issued',
  'legal-basis.ended',
  'legal-basis.put',
  'kept.deleted',
  'kept.dropped',
  'kept.expired',
  'kept.exported',
  'kept.off',
  'kept.put',
  'kept.read',
  'kept.written',
  'key.release-refused',
  'key.released',
  'key.rewrapped',
  'key.rotated',
  'key.shredded',
  'key.state-recorded',
  'limit.ended',
  'limit.put',
  'line-batch.cancelled',
  'line-batch.created',
  'line-batch.ended',
  'line-file.deleted',
  'line-file.put',
  'line-file.read',
  'log.started',
  'minimum.activated',
  'minimum.ended',
  'minimum.put',
  'passkey.added',
  'passkey.revoked',
  'policy.activated',
  'policy.approved',
  'policy.drafted',
  'policy.drift',
  'policy.tested',
  'preview.made',
  'price.put',
  'principal.created',
  'principal.disabled',
  'principal.put',
  'provider.disabled',
  'provider.put',
  'recertification.answered',
  'recertification.closed',
  'recertification.lapsed',
  'recertification.revoked',
  'recertification.started',
  'refusals.unauthenticated',
  'scim.group-deleted',
  'scim.group-put',
  'scim.token-issued',
  'scim.token-revoked',
  'scim.user-activated',
  'scim.user-deactivated',
  'scim.user-put',
  'service.disabled',
  'service.key-added',
  'service.key-retired',
  'service.put',
  'session.ended',
  'session.flagged',
  'session.policy',
  'session.started',
  'signin.failed',
  'signin.failing',
  'signin.locked',
  'signin.unlocked',
  'sweep.detected',
  'tenant.created',
  'token.issued',
  'token.revoked',
  'totp.removed',
  'vendors.confirmed',
  'vendors.imported',
] as const

export type EntryKind = (typeof ENTRY_KINDS)[number]

/** What was not known when the entry was written. Said, never left out. */
export const UNKNOWN = 'unknown'

/** How sure the log is of the actor: authenticated here, named by an authenticated caller, or not known. */
export type Assurance = 'verified' | 'asserted' | 'unknown'

export type Decision = 'allow' | 'deny' | 'unknown'

/**
 * Ledger entry v1: ids, codes, counts and keyed references, never a value. Callers put declared names into `model`,
 * `endpoint` and the like, and `unknown` for anything that a request invented.
 */
export interface LedgerEntry {
  readonly v: 1
  readonly tenant: string
  /** Wall clock in ISO 8601 UTC with milliseconds; monotonic counter of the writing process in nanoseconds. */
  readonly time: { readonly wall: string; readonly monotonicNs: string }
  readonly kind: EntryKind
  /** The crossing that intent, outcome and refusal belong to, as a UUID. */
  readonly crossing?: string
  /** The authenticated principal; for `principal.*` and `token.*` the one that changed. */
  readonly principal: string
  /** Who acted: a person behind the principal, an administrator, this program. */
  readonly actor: { readonly id: string; readonly assurance: Assurance }
  /** HMACs of patient ids under the subjects key, lower-case hex of 16 to 32 bytes. */
  readonly patients: readonly string[]
  readonly purpose: string
  readonly basis: string
  readonly agreement: { readonly id: string; readonly version: number } | typeof UNKNOWN
  /** SHA-256 of the policy set that decided, in hex. */
  readonly policySet: string
  readonly keyVersion: number | typeof UNKNOWN
  readonly provider: string
  readonly endpoint: string
  readonly model: string
  readonly features: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly decision: Decision
  readonly codes: readonly string[]
}

/** The bounds of one entry: c2sp tlog-tiles allows 65,535 bytes; ours stay below one page. */
export const MAX_ENTRY_BYTES = 4095
const MAX_LIST = 64
const MAX_WORDS = 1_000

type Rule = (value: JsonValue | undefined) => boolean

const text =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
/** The same for what is said again and again: it is remembered, as much as there is room for, and read once. */
const word = (pattern: RegExp): Rule => {
  const known = new Set<string>()
  return (value) => {
    if (typeof value !== 'string') return false
    if (known.has(value)) return true
    if (!pattern.test(value)) return false
    if (known.size >= MAX_WORDS) known.clear()
    known.add(value)
    return true
  }
}
const name = word(/^[A-Za-z0-9._:/@-]{1,128}$/)
const slug = word(/^[a-z0-9][a-z0-9-]{0,62}$/)
const code = word(/^[a-z0-9][a-z0-9._:-]{0,63}$/)
const uuid = text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const unknown: Rule = (value) => value === UNKNOWN
const either =
  (...rules: readonly Rule[]): Rule =>
  (value) =>
    rules.some((rule) => rule(value))
const oneOf =
  (...values: readonly JsonValue[]): Rule =>
  (value) =>
    value !== undefined && values.includes(value)
const listOf =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length <= MAX_LIST && value.every(rule)
const count: Rule = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const positive: Rule = (value) => count(value) && value !== 0
const record = (rules: Readonly<Record<string, Rule>>): Rule => {
  const table = new Map(Object.entries(rules))
  return (value) => isObject(value) && hasOnly(value, table) && findBroken(value, table) === undefined
}
const counts: Rule = (value) => {
  if (!isObject(value)) return false
  const names = Object.keys(value)
  return names.length <= MAX_LIST && names.every((key) => code(key) && count(value[key]))
}

const RULES: Readonly<Record<keyof LedgerEntry, Rule>> = {
  v: oneOf(1),
  tenant: slug,
  time: record({ wall: isInstant, monotonicNs: text(/^\d{1,20}$/) }),
  kind: oneOf(...ENTRY_KINDS),
  crossing: (value) => value === undefined || uuid(value),
  principal: slug,
  actor: record({ id: name, assurance: oneOf('verified', 'asserted', 'unknown') }),
  patients: listOf(text(/^([0-9a-f]{2}){16,32}$/)),
  purpose: either(unknown, word(/^[A-Z]{2,16}$/)),
  basis: name,
  agreement: either(unknown, record({ id: slug, version: positive })),
  policySet: either(unknown, word(/^[0-9a-f]{64}$/)),
  keyVersion: either(unknown, positive),
  provider: slug,
  endpoint: name,
  model: name,
  features: listOf(code),
  counts,
  decision: oneOf('allow', 'deny', 'unknown'),
  codes: listOf(code),
}
const RULE_TABLE: ReadonlyMap<string, Rule> = new Map(Object.entries(RULES))

// The 29th to the 31st of a month are left to the calendar.
const PLAIN_INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

function isInstant(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string') return false
  if (PLAIN_INSTANT.test(value)) return true
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false
  const time = new Date(value)
  return Number.isFinite(time.getTime()) && time.toISOString() === value
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

function hasOnly(value: JsonObject, rules: ReadonlyMap<string, Rule>): boolean {
  for (const key of Object.keys(value)) if (!rules.has(key)) return false
  return true
}

function findBroken(value: JsonObject, rules: ReadonlyMap<string, Rule>): string | undefined {
  for (const [key, rule] of rules) if (!rule(value[key])) return key
  return undefined
}

/** The field of an entry that breaks the schema, if one does. Names the field, never its value. */
function findBrokenField(value: JsonValue): string | undefined {
  return isObject(value) && hasOnly(value, RULE_TABLE) ? findBroken(value, RULE_TABLE) : '/'
}

/**
 * The text that is stored and hashed: canonical JSON (RFC 8785), all of it ASCII on one line. Throws `internal` when a
 * field breaks its pattern or the whole is longer than 4,095 bytes: what cannot be recorded must not happen.
 */
export function writeEntry(entry: LedgerEntry): string {
  // A copy, so that what is checked is what is written.
  const value = { ...entry }
  const field = findBrokenField(value as JsonValue)
  if (field !== undefined) throw new AppError('internal', { message: `ledger entry: ${field} breaks its rule`, field })
  const text = toCanonicalJson(value)
  if (text.length > MAX_ENTRY_BYTES) throw new AppError('internal', { message: 'ledger entry: over 4095 bytes' })
  return text
}

/** The bytes of `writeEntry`. Throws the same. */
export function encodeEntry(entry: LedgerEntry): Uint8Array {
  return new TextEncoder().encode(writeEntry(entry))
}

/**
 * `canonicalJson` of an entry that keeps the rules, at a fraction of the cost: each crossing waits for two of them. The
 * members stand in the order of their names, and no rule lets a string through that JSON would escape.
 */
function toCanonicalJson(entry: LedgerEntry): string {
  const { actor, agreement, crossing, keyVersion, time } = entry
  return (
    `{"actor":{"assurance":"${actor.assurance}","id":"${actor.id}"},"agreement":` +
    `${agreement === UNKNOWN ? '"unknown"' : `{"id":"${agreement.id}","version":${agreement.version}}`},` +
    `"basis":"${entry.basis}","codes":${toList(entry.codes)},"counts":${toCounts(entry.counts)},` +
    `${crossing === undefined ? '' : `"crossing":"${crossing}",`}"decision":"${entry.decision}",` +
    `"endpoint":"${entry.endpoint}","features":${toList(entry.features)},` +
    `"keyVersion":${keyVersion === UNKNOWN ? '"unknown"' : keyVersion},"kind":"${entry.kind}",` +
    `"model":"${entry.model}","patients":${toList(entry.patients)},"policySet":"${entry.policySet}",` +
    `"principal":"${entry.principal}","provider":"${entry.provider}","purpose":"${entry.purpose}",` +
    `"tenant":"${entry.tenant}","time":{"monotonicNs":"${time.monotonicNs}","wall":"${time.wall}"},"v":1}`
  )
}

function toList(values: readonly string[]): string {
  return values.length === 0 ? '[]' : `["${values.join('","')}"]`
}

function toCounts(counts: LedgerEntry['counts']): string {
  const names = Object.keys(counts).sort()
  return `{${names.map((name) => `"${name}":${counts[name]}`).join(',')}}`
}

/** Reads stored bytes. Throws `ledger.inconsistent` on anything that `encodeEntry` would not have written. */
export function decodeEntry(bytes: Uint8Array): LedgerEntry {
  if (bytes.length > MAX_ENTRY_BYTES) throw refusal('over 4095 bytes')
  let value: JsonValue
  let json: string
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(json) as JsonValue
  } catch (cause) {
    throw refusal('not JSON in UTF-8', cause)
  }
  const field = findBrokenField(value)
  if (field !== undefined) throw refusal(`${field} breaks its rule`)
  // Keeps out duplicate keys and spare blanks, where something could hide from a reader of the parsed form.
  if (canonicalJson(value) !== json) throw refusal('not canonical')
  return value as unknown as LedgerEntry
}

function refusal(rule: string, cause?: unknown): AppError {
  return new AppError('ledger.inconsistent', { message: `ledger entry: ${rule}`, cause })
}
