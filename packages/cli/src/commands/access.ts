import { ACCESS_REASONS, accessRequestInputSchema, ROLES, PURPOSES } from '@breakwater/contract'
import type { AccessRequestRecord, GrantRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'

const FIELD_OPTIONS = {
  roles: 'role',
  purposes: 'purpose',
  beneficiary: 'for',
  seconds: 'minutes',
  startsAt: 'from',
  reason: 'reason',
  justification: 'why',
}

export const accessCommands: readonly Command[] = [
  createApiCommand({
    name: 'access list',
    summary: 'who asked for access for a time, and the grants there are',
    options: {},
    async tell(client, _given, style) {
      const { requests } = await client.call('listAccessRequests')
      const { grants } = await client.call('listGrants')
      return {
        json: { requests, grants },
        lines: [...describeRequests(requests, style), '', ...describeGrants(grants, style)],
      }
    },
  }),
  createApiCommand({
    name: 'access request',
    summary: 'asks for a role or a purpose of use for a time',
    options: {
      role: { type: 'string', multiple: true, choices: ROLES, help: 'a role to have' },
      purpose: { type: 'string', multiple: true, choices: PURPOSES, help: 'a purpose of use to state' },
      for: { type: 'string', value: 'PRINCIPAL', help: 'whose access it will be; your own when left out' },
      minutes: { type: 'string', value: 'N', help: 'how long' },
      from: { type: 'string', value: 'TIME', help: 'not before, e.g. 2026-01-01T08:00:00Z' },
      reason: { type: 'string', choices: ACCESS_REASONS, help: 'why, as a code' },
      why: { type: 'string', value: 'TEXT', help: 'why, in words: about the access, never about a patient' },
      exception: { type: 'boolean', help: 'longer than the role allows: enters the risk register' },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const body = await readBody(accessRequestInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => readOptions(given),
      })
      const request = await client.call('requestAccess', { body })
      return {
        json: request,
        lines: [
          style.good(`asked: ${request.id}`),
          style.dim(`somebody else approves it before ${request.lapsesAt}: breakwater access approve ${request.id}`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'access approve',
    summary: 'gives what somebody else asked for, to somebody else',
    positionals: ['REQUEST'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const grant = await client.call('approveAccessRequest', { params: { id } })
      return { json: grant, lines: [style.good(`given to ${grant.principal} until ${grant.validUntil}: ${grant.id}`)] }
    },
  }),
  createApiCommand({
    name: 'access deny',
    summary: 'refuses what somebody else asked for',
    positionals: ['REQUEST'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('denyAccessRequest', { params: { id } })
      return { json: { id, state: 'denied' }, lines: [style.good('denied')] }
    },
  }),
  createApiCommand({
    name: 'access end',
    summary: 'ends a grant at this second',
    positionals: ['GRANT'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('endGrant', { params: { id } })
      return { json: { id, state: 'ended' }, lines: [style.good('ended')] }
    },
  }),
]

function readOptions(given: Given): unknown {
  const minutes = given.integer('minutes', { min: 1, max: 90 * 24 * 60 })
  const [beneficiary, startsAt] = [given.text('for'), given.text('from')]
  return {
    kind: given.has('exception') ? 'exception' : 'just-in-time',
    roles: given.list('role'),
    purposes: given.list('purpose'),
    ...(minutes !== undefined && { seconds: minutes * 60 }),
    ...(beneficiary !== undefined && { beneficiary }),
    ...(startsAt !== undefined && { startsAt }),
    reason: given.text('reason'),
    justification: given.text('why'),
  }
}

function describeRequests(requests: readonly AccessRequestRecord[], style: Style): string[] {
  if (requests.length === 0) return [style.dim('nobody has asked for access')]
  const rows = requests.map(({ id, state, beneficiary, requestedBy, roles, purposes, seconds, reason }) => [
    id,
    state,
    beneficiary,
    requestedBy,
    [...roles, ...purposes].join(' '),
    `${seconds / 60} min`,
    reason,
  ])
  const [first = '', ...lines] = formatColumns(rows, ['REQUEST', 'STATE', 'FOR', 'BY', 'WHAT', 'TERM', 'REASON'])
  return [style.dim(first), ...lines]
}

function describeGrants(grants: readonly GrantRecord[], style: Style): string[] {
  if (grants.length === 0) return [style.dim('no grants')]
  const rows = grants.map(({ id, state, principal, givenBy, roles, purposes, validFrom, validUntil }) => [
    id,
    state,
    principal,
    givenBy,
    [...roles, ...purposes].join(' '),
    validFrom,
    validUntil,
  ])
  const [first = '', ...lines] = formatColumns(rows, ['GRANT', 'STATE', 'TO', 'BY', 'WHAT', 'FROM', 'UNTIL'])
  return [style.dim(first), ...lines]
}
