import { roleSchema, statedPurposeSchema } from '@breakwater/contract'
import type { Role } from '@breakwater/contract'
import type { JustificationColumns, PlainColumn } from '../justifications/index.ts'
import { readKept, writeKept } from '../justifications/index.ts'
import type { AccessRequest, EndReason, Grant, KeptRequest } from './types.ts'

type RequestRow = JustificationColumns & {
  tenant: string
  id: string
  kind: AccessRequest['kind']
  beneficiary: string
  roles: readonly string[]
  purposes: readonly string[]
  seconds: number
  starts_at: Date | null
  reason: AccessRequest['reason']
  requested_by: string
  requested_at: Date
  lapses_at: Date
  answer: NonNullable<AccessRequest['answer']> | null
  answered_by: string | null
  answered_at: Date | null
}

type GrantRow = {
  tenant: string
  id: string
  request: string
  exception: string | null
  principal: string
  roles: readonly string[]
  purposes: readonly string[]
  valid_from: Date
  valid_until: Date
  given_by: string
  given_at: Date
  ended_by: string | null
  ended_at: Date | null
  ended_reason: EndReason | null
}

type NewRequestRow = Omit<RequestRow, 'justification'>

export type Tables = {
  access_requests: NewRequestRow & { justification: PlainColumn }
  access_grants: GrantRow
}

const readRoles = (codes: readonly string[]): Role[] => codes.map((code) => roleSchema.parse(code))

export function toRequest(row: RequestRow): KeptRequest {
  return {
    tenant: row.tenant,
    id: row.id,
    kind: row.kind,
    beneficiary: row.beneficiary,
    roles: readRoles(row.roles),
    purposes: row.purposes.map((code) => statedPurposeSchema.parse(code)),
    seconds: row.seconds,
    ...(row.starts_at !== null && { startsAt: row.starts_at }),
    reason: row.reason,
    justification: readKept(row),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    lapsesAt: row.lapses_at,
    ...(row.answer !== null && { answer: row.answer }),
    ...(row.answered_by !== null && { answeredBy: row.answered_by }),
    ...(row.answered_at !== null && { answeredAt: row.answered_at }),
  }
}

export function toRequestRow(request: KeptRequest): NewRequestRow {
  return {
    tenant: request.tenant,
    id: request.id,
    kind: request.kind,
    beneficiary: request.beneficiary,
    roles: request.roles,
    purposes: request.purposes,
    seconds: request.seconds,
    starts_at: request.startsAt ?? null,
    reason: request.reason,
    ...writeKept(request.justification),
    requested_by: request.requestedBy,
    requested_at: request.requestedAt,
    lapses_at: request.lapsesAt,
    answer: null,
    answered_by: null,
    answered_at: null,
  }
}

export function toGrant(row: GrantRow): Grant {
  return {
    tenant: row.tenant,
    id: row.id,
    request: row.request,
    ...(row.exception !== null && { exception: row.exception }),
    principal: row.principal,
    roles: readRoles(row.roles),
    purposes: row.purposes.map((code) => statedPurposeSchema.parse(code)),
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    givenBy: row.given_by,
    givenAt: row.given_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.ended_reason !== null && { endedReason: row.ended_reason }),
  }
}

export function toGrantRow(grant: Grant): GrantRow {
  return {
    tenant: grant.tenant,
    id: grant.id,
    request: grant.request,
    exception: grant.exception ?? null,
    principal: grant.principal,
    roles: grant.roles,
    purposes: grant.purposes,
    valid_from: grant.validFrom,
    valid_until: grant.validUntil,
    given_by: grant.givenBy,
    given_at: grant.givenAt,
    ended_by: null,
    ended_at: null,
    ended_reason: null,
  }
}
