import { RECERTIFICATION_KINDS, recertificationInputSchema } from '@breakwater/contract'
import type { RecertificationRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'

const FIELD_OPTIONS = { scope: 'scope', reviewers: 'reviewer', dueAt: 'due' }

export const recertificationCommands: readonly Command[] = [
  createApiCommand({
    name: 'recertification list',
    summary: 'the campaigns, and how far they are',
    options: {},
    async tell(client, _given, style) {
      const { recertifications } = await client.call('listRecertifications')
      if (recertifications.length === 0) return { json: recertifications, lines: [style.dim('no recertifications')] }
      const rows = recertifications.map((one) => [one.id, one.scope.join(' '), one.dueAt, describeCounts(one)])
      const [first = '', ...lines] = formatColumns(rows, ['ID', 'SCOPE', 'DUE', 'ITEMS'])
      return { json: recertifications, lines: [style.dim(first), ...lines] }
    },
  }),
  createApiCommand({
    name: 'recertification start',
    summary: 'asks reviewers about every entitlement; what nobody confirms ends at the due date',
    options: {
      scope: {
        type: 'string',
        multiple: true,
        choices: RECERTIFICATION_KINDS,
        help: 'what to ask about; all when left out',
      },
      reviewer: { type: 'string', multiple: true, value: 'PRINCIPAL', help: 'who answers; nobody about himself' },
      due: { type: 'string', value: 'TIME', help: 'e.g. 2026-01-31T17:00:00Z' },
    },
    async tell(client, given, style, terminal) {
      const scope = given.list('scope')
      const body = await readBody(recertificationInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({
          scope: scope.length > 0 ? scope : [...RECERTIFICATION_KINDS],
          reviewers: given.list('reviewer'),
          dueAt: given.text('due'),
        }),
      })
      const started = await client.call('startRecertification', { body })
      return {
        json: started,
        lines: [
          style.good(`started: ${started.id}`),
          style.dim(`${started.counts.waiting} items; what is not confirmed before ${started.dueAt} is revoked`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'recertification show',
    summary: 'the items of one campaign',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const campaign = await client.call('getRecertification', { params: { id } })
      const rows = campaign.items.map(({ id: item, state, kind, holder = '-', roles, purposes, answeredBy = '-' }) => [
        item,
        state,
        kind,
        holder,
        [...roles, ...purposes].join(' '),
        answeredBy,
      ])
      const [first = '', ...lines] = formatColumns(rows, ['ITEM', 'STATE', 'KIND', 'WHOSE', 'WHAT', 'ANSWERED BY'])
      const head = `due ${campaign.dueAt}: ${describeCounts(campaign)}`
      return { json: campaign, lines: [head, '', style.dim(first), ...lines] }
    },
  }),
  createApiCommand({
    name: 'recertification answer',
    summary: 'keeps or revokes one item',
    positionals: ['ID', 'ITEM'],
    options: {
      answer: { type: 'string', choices: ['keep', 'revoke'], isRequired: true, help: 'revoke is in force at once' },
    },
    async tell(client, given, style) {
      const [id = '', item = ''] = given.positionals
      const answer = given.required('answer')
      await client.call('answerRecertification', { params: { id, item }, body: { answer } })
      return { json: { id, item, answer }, lines: [style.good(answer === 'keep' ? 'kept' : 'revoked')] }
    },
  }),
]

function describeCounts({ counts }: RecertificationRecord): string {
  const { waiting, kept, revoked, lapsed } = counts
  return `${waiting} waiting, ${kept} kept, ${revoked} revoked, ${lapsed} lapsed`
}
