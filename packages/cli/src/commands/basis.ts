import { BASIS_KINDS, BASIS_PURPOSES, BASIS_RULES, DATA_CLASSES, legalBasisInputSchema } from '@breakwater/contract'
import type { LegalBasisRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'

const FIELD_OPTIONS = {
  kind: 'kind',
  purposes: 'purpose',
  dataClass: 'data-class',
  principals: 'principal',
  elements: 'element',
  documentSha256: 'document',
  effectiveFrom: 'from',
  expiresAt: 'to',
  expiryEvent: 'until-event',
  patients: 'file',
}

export const basisCommands: readonly Command[] = [
  createApiCommand({
    name: 'basis list',
    summary: 'records that open research and public health',
    options: {},
    async tell(client, _given, style) {
      const { bases } = await client.call('listLegalBases')
      const now = new Date()
      const rows = bases.map((basis) => [
        basis.id,
        String(basis.version),
        basis.kind,
        describeState(basis, now),
        basis.purposes.join(' '),
        basis.dataClass,
        basis.patientCount === 0 ? 'all' : String(basis.patientCount),
        basis.expiresAt ?? basis.expiryEvent ?? '',
      ])
      const header = ['ID', 'VERSION', 'KIND', 'STATE', 'PURPOSES', 'DATA', 'PATIENTS', 'UNTIL']
      const [first = '', ...lines] = formatColumns(rows, header)
      return { json: bases, lines: rows.length > 0 ? [style.dim(first), ...lines] : [style.dim('no legal bases')] }
    },
  }),
  createApiCommand({
    name: 'basis put',
    summary: 'record a legal basis, or its next version',
    positionals: ['ID'],
    options: {
      kind: { type: 'string', choices: BASIS_KINDS, help: '45 CFR 164.508, 164.512(i), 164.514(e), 164.512(b)' },
      purpose: { type: 'string', multiple: true, choices: BASIS_PURPOSES, help: 'a purpose that it opens' },
      'data-class': { type: 'string', choices: DATA_CLASSES, help: 'the most sensitive data it covers' },
      principal: { type: 'string', multiple: true, value: 'ID', help: 'who may act under it' },
      element: { type: 'string', multiple: true, value: 'NAME', help: 'what its document contains' },
      document: { type: 'string', value: 'SHA256', help: 'hash of the signed document' },
      from: { type: 'string', value: 'TIME', help: 'in force from, e.g. 2026-01-01T00:00:00Z' },
      to: { type: 'string', value: 'TIME', help: 'and before' },
      'until-event': { type: 'string', value: 'NAME', help: 'or until it is reported, e.g. end-of-study' },
      file: FILE_OPTION,
    },
    notes: [
      'Ids of patients come by --file only, so that none stands in a shell history.',
      ...BASIS_KINDS.map((kind) => `${kind}: ${BASIS_RULES[kind].elements.join(' ')} (${BASIS_RULES[kind].citation})`),
    ],
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(legalBasisInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => readOptions(given),
      })
      const basis = await client.call('putLegalBasis', { params: { id }, body })
      return { json: basis, lines: [style.good(`recorded, version ${basis.version}`)] }
    },
  }),
  createApiCommand({
    name: 'basis revoke',
    summary: 'ends a legal basis at this second',
    positionals: ['ID'],
    options: { event: { type: 'boolean', help: 'its expiry event came; left out: it was revoked' } },
    async tell(client, given, style) {
      const [id = ''] = given.positionals
      const reason = given.has('event') ? 'expiry-event' : 'revoked'
      await client.call('endLegalBasis', { params: { id }, body: { reason } })
      return { json: { id, reason }, lines: [style.good('ended')] }
    },
  }),
]

function readOptions(given: Given): unknown {
  return {
    kind: given.text('kind'),
    purposes: given.list('purpose'),
    dataClass: given.text('data-class'),
    principals: given.list('principal'),
    elements: given.list('element'),
    documentSha256: given.text('document'),
    effectiveFrom: given.text('from'),
    expiresAt: given.text('to'),
    expiryEvent: given.text('until-event'),
  }
}

/** By this machine's clock: the server decides by its own. */
function describeState({ endReason, effectiveFrom, expiresAt }: LegalBasisRecord, now: Date): string {
  if (endReason !== undefined) return endReason === 'revoked' ? 'revoked' : 'ended'
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()) return 'expired'
  return Date.parse(effectiveFrom) > now.getTime() ? 'not yet' : 'in force'
}
