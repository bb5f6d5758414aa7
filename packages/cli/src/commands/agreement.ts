import { agreementInputSchema, ENDPOINTS, PURPOSES } from '@breakwater/contract'
import type { AgreementRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { describeRecord } from './record.ts'

const FIELD_OPTIONS = {
  kind: 'kind',
  provider: 'provider',
  endpoints: 'endpoint',
  models: 'model',
  purposes: 'purpose',
  effectiveFrom: 'from',
  effectiveTo: 'to',
}

export const agreementCommands: readonly Command[] = [
  createApiCommand({
    name: 'agreement list',
    summary: 'the agreements under which PHI may leave',
    options: {},
    async tell(client, _given, style) {
      const { agreements } = await client.call('listAgreements')
      return { json: agreements, lines: describeAgreements(agreements, new Date(), style) }
    },
  }),
  createApiCommand({
    name: 'agreement show',
    summary: 'one agreement',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const agreement = await client.call('getAgreement', { params: { id } })
      return { json: agreement, lines: describeRecord(agreement, style) }
    },
  }),
  createApiCommand({
    name: 'agreement put',
    summary: 'record an agreement, or its next version',
    positionals: ['ID'],
    options: {
      kind: {
        type: 'string',
        choices: ['business-associate', 'internal'],
        help: '45 CFR 164.504(e), or your own service',
        default: 'business-associate',
      },
      provider: { type: 'string', value: 'ID', help: 'whom it covers' },
      endpoint: { type: 'string', multiple: true, choices: ENDPOINTS, help: 'what may be called; all when left out' },
      model: { type: 'string', multiple: true, value: 'NAME', help: 'a model it covers; * is every one' },
      purpose: { type: 'string', multiple: true, choices: PURPOSES, help: 'a purpose of use it permits' },
      from: { type: 'string', value: 'TIME', help: 'in force from, e.g. 2026-01-01T00:00:00Z' },
      to: { type: 'string', value: 'TIME', help: 'and before' },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(agreementInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => readOptions(given),
      })
      const agreement = await client.call('putAgreement', { params: { id }, body })
      return { json: agreement, lines: [style.good(`recorded, version ${agreement.version}`)] }
    },
  }),
  createApiCommand({
    name: 'agreement terminate',
    summary: 'ends an agreement at this second',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('terminateAgreement', { params: { id } })
      return { json: { id, isTerminated: true }, lines: [style.good('terminated')] }
    },
  }),
]

function readOptions(given: Given): unknown {
  const endpoints = given.list('endpoint')
  return {
    kind: given.text('kind'),
    provider: given.text('provider'),
    endpoints: endpoints.length > 0 ? endpoints : ENDPOINTS,
    models: given.list('model'),
    purposes: given.list('purpose'),
    effectiveFrom: given.text('from'),
    effectiveTo: given.text('to'),
  }
}

function describeAgreements(agreements: readonly AgreementRecord[], now: Date, style: Style): string[] {
  if (agreements.length === 0) return [style.dim('no agreements: nothing can leave')]
  const rows = agreements.map((agreement) => [
    agreement.id,
    String(agreement.version),
    agreement.kind,
    describeState(agreement, now),
    agreement.provider,
    agreement.models.join(' '),
    agreement.purposes.join(' '),
    agreement.effectiveTo,
  ])
  const header = ['ID', 'VERSION', 'KIND', 'STATE', 'PROVIDER', 'MODELS', 'PURPOSES', 'UNTIL']
  const [first = '', ...lines] = formatColumns(rows, header)
  return [style.dim(first), ...lines]
}

/** By this machine's clock: the server decides by its own. */
function describeState({ terminatedAt, effectiveFrom, effectiveTo }: AgreementRecord, now: Date): string {
  if (terminatedAt !== undefined) return 'terminated'
  if (Date.parse(effectiveTo) <= now.getTime()) return 'expired'
  return Date.parse(effectiveFrom) > now.getTime() ? 'not yet' : 'in force'
}
