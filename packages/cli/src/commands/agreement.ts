import {
  agreementInputSchema,
  AGREEMENT_KINDS,
  CLAUSES,
  CONDITIONS,
  ENDPOINTS,
  EXEMPTIONS,
  FEATURES,
  isFeature,
  needsNaming,
  PURPOSES,
} from '@breakwater/contract'
import type { AgreementRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { describeRecord } from './record.ts'

const DAY_MS = 86_400_000
const WARNED_DAYS = 60
const NAMED_FEATURES = Object.keys(FEATURES).filter((name) => isFeature(name) && needsNaming(name))

const FIELD_OPTIONS = {
  kind: 'kind',
  provider: 'provider',
  endpoints: 'endpoint',
  models: 'model',
  purposes: 'purpose',
  effectiveFrom: 'from',
  effectiveTo: 'to',
  service: 'service',
  hosts: 'host',
  features: 'feature',
  regions: 'region',
  maxRetentionDays: 'max-retention-days',
  conditions: 'condition',
  chain: 'subcontract',
  clauses: 'clause',
  incidentNoticeDays: 'notice-days',
  retentionExemption: 'exemption',
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
    examples: [
      'agreement put ward --kind internal --provider ward --model "*" --purpose TREAT --from 2026-01-01T00:00:00Z --to 2027-01-01T00:00:00Z',
      'agreement put cloud --provider cloud --model gpt-x --purpose TREAT --from 2026-01-01T00:00:00Z --to 2027-01-01T00:00:00Z --feature prompt-cache --clause safeguards="section 4" --draft',
      'agreement put cloud --file baa.json',
    ],
    options: {
      kind: {
        type: 'string',
        choices: AGREEMENT_KINDS,
        help: '45 CFR 164.504(e), your own service, or a link of a chain',
        default: 'business-associate',
      },
      provider: { type: 'string', value: 'ID', help: 'whom it covers' },
      endpoint: { type: 'string', multiple: true, choices: ENDPOINTS, help: 'what may be called; all when left out' },
      model: { type: 'string', multiple: true, value: 'NAME', help: 'a model it covers; * is every one' },
      purpose: { type: 'string', multiple: true, choices: PURPOSES, help: 'a purpose of use it permits' },
      from: { type: 'string', value: 'TIME', help: 'in force from, e.g. 2026-01-01T00:00:00Z' },
      to: { type: 'string', value: 'TIME', help: 'and before' },
      service: { type: 'string', value: 'ID', help: 'the vendor’s service; whichever the provider is when left out' },
      host: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        help: 'a host it covers; wherever the provider points when left out',
      },
      feature: {
        type: 'string',
        multiple: true,
        choices: NAMED_FEATURES,
        help: 'what leaves something behind, and is covered',
      },
      region: {
        type: 'string',
        multiple: true,
        value: 'PLACE',
        help: 'a region or country it covers; any when left out',
      },
      'max-retention-days': {
        type: 'string',
        value: 'N',
        help: 'how long the vendor may keep anything; 0 when left out',
      },
      exemption: {
        type: 'string',
        value: 'KIND=REFERENCE',
        help: `on record with the vendor: ${EXEMPTIONS.join(', ')}`,
      },
      'exempt-since': { type: 'string', value: 'DAY', help: 'when that was recorded, e.g. 2026-01-01' },
      condition: {
        type: 'string',
        multiple: true,
        choices: CONDITIONS,
        help: 'what else was arranged with the vendor',
      },
      'human-review': { type: 'boolean', help: 'people at the vendor may read along' },
      training: { type: 'boolean', help: 'models may be trained on it; its clause must say how' },
      subcontract: {
        type: 'string',
        multiple: true,
        value: 'ID',
        help: 'an agreement of kind subcontractor that it rests on',
      },
      clause: {
        type: 'string',
        multiple: true,
        value: 'ID=PLACE',
        help: 'where the contract says it; see agreement clauses',
      },
      'notice-days': { type: 'string', value: 'N', help: 'within which the vendor tells of an incident' },
      draft: { type: 'boolean', help: 'keep it, not in force before agreement activate' },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(agreementInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => readOptions(given),
      })
      const agreement = await client.call('putAgreement', { params: { id }, body })
      return { json: agreement, lines: describePut(agreement, style) }
    },
  }),
  createApiCommand({
    name: 'agreement activate',
    summary: 'puts a draft in force, once its clauses are complete',
    positionals: ['ID'],
    examples: ['agreement activate cloud'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('activateAgreement', { params: { id } })
      return { json: { id, isActive: true }, lines: [style.good('active')] }
    },
  }),
  createApiCommand({
    name: 'agreement clauses',
    summary: 'what a contract must say before PHI leaves under it, with its citations',
    options: {},
    async tell(_client, _given, style) {
      const rows = Object.entries(CLAUSES).map(([id, { citation, says, isMandatory }]) => [
        id,
        isMandatory ? 'yes' : 'no',
        citation,
        says,
      ])
      const [first = '', ...lines] = formatColumns(rows, ['CLAUSE', 'MANDATORY', '45 CFR', 'SAYS'])
      return { json: CLAUSES, lines: [style.dim(first), ...lines] }
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

function describePut({ version, state, missingClauses }: AgreementRecord, style: Style): string[] {
  const missing = missingClauses.length > 0 ? [style.dim(`clauses to come: ${missingClauses.join(', ')}`)] : []
  return [style.good(`recorded, version ${version}${state === 'draft' ? ', a draft' : ''}`), ...missing]
}

/** Two parts at the first equals sign. */
function split(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function readExemption(given: Given): unknown {
  const text = given.text('exemption')
  if (text === undefined) return undefined
  const [kind, reference] = split(text)
  return { kind, reference, recordedOn: given.text('exempt-since') }
}

function readOptions(given: Given): unknown {
  const regions = given.list('region')
  const endpoints = given.list('endpoint')
  return {
    kind: given.text('kind'),
    provider: given.text('provider'),
    endpoints: endpoints.length > 0 ? endpoints : ENDPOINTS,
    models: given.list('model'),
    purposes: given.list('purpose'),
    effectiveFrom: given.text('from'),
    effectiveTo: given.text('to'),
    service: given.text('service'),
    hosts: given.list('host'),
    features: given.list('feature'),
    ...(regions.length > 0 && { regions }),
    maxRetentionDays: given.integer('max-retention-days', { min: 0, max: 3_660 }),
    allowsHumanReview: given.has('human-review'),
    allowsTraining: given.has('training'),
    retentionExemption: readExemption(given),
    conditions: given.list('condition'),
    chain: given.list('subcontract'),
    clauses: given.list('clause').map((text) => {
      const [clause, location] = split(text)
      return { clause, location }
    }),
    incidentNoticeDays: given.integer('notice-days', { min: 0, max: 60 }),
    isDraft: given.has('draft'),
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

/** The server's word, and how many days are left when they are few: by this machine's clock. */
function describeState({ state, effectiveTo }: AgreementRecord, now: Date): string {
  const days = Math.floor((Date.parse(effectiveTo) - now.getTime()) / DAY_MS)
  return state === 'in force' && days < WARNED_DAYS ? `in force, ${days} days left` : state
}
