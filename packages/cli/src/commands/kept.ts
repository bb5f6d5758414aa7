import { KEEP_REASONS, KEPT_KINDS, keptRuleInputSchema, MAX_KEPT_DAYS, OPEN_PURPOSES } from '@breakwater/contract'
import type { KeptRuleRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'

const KINDS = KEPT_KINDS.join(', ')

export const keptCommands: readonly Command[] = [
  createApiCommand({
    name: 'kept list',
    summary: 'what is kept of crossings; nothing by default',
    options: {},
    async tell(client, _given, style) {
      const { rules } = await client.call('listKeptRules')
      return { json: rules, lines: describeRules(rules, style) }
    },
  }),
  createApiCommand({
    name: 'kept on',
    summary: `keep one kind from now on: ${KINDS}`,
    positionals: ['KIND'],
    options: {
      purpose: { type: 'string', choices: OPEN_PURPOSES, help: 'what for; it is read for no other' },
      days: { type: 'string', value: 'N', help: `how long, ${MAX_KEPT_DAYS} at most` },
      reason: { type: 'string', choices: KEEP_REASONS, help: 'why, for the ledger' },
      restored: { type: 'boolean', help: 'of history: also with the values that were masked' },
      file: FILE_OPTION,
    },
    notes: ['A shorter time reaches back to what is kept already; a longer one does not.'],
    async tell(client, given, style, terminal) {
      const [kind = ''] = given.positionals
      const body = await readBody(keptRuleInputSchema, given, terminal, {
        options: { purpose: 'purpose', retentionDays: 'days', reason: 'reason', keepsRestored: 'restored' },
        read: () => ({
          purpose: given.text('purpose'),
          retentionDays: given.integer('days', { min: 1, max: MAX_KEPT_DAYS }),
          reason: given.text('reason'),
          keepsRestored: given.has('restored'),
        }),
      })
      const rule = await client.call('putKeptRule', { params: { kind }, body })
      return { json: rule, lines: [style.good(`${kind} is kept for ${rule.retentionDays} days`)] }
    },
  }),
  createApiCommand({
    name: 'kept off',
    summary: 'keep a kind no longer, and delete what was kept of it',
    positionals: ['KIND'],
    options: {},
    async tell(client, { positionals: [kind = ''] }, style) {
      await client.call('endKeptRule', { params: { kind } })
      return { json: { kind, isKept: false }, lines: [style.good('off, and what was kept is deleted')] }
    },
  }),
]

function describeRules(rules: readonly KeptRuleRecord[], style: Style): string[] {
  if (rules.length === 0) return [style.dim('nothing is kept')]
  const rows = rules.map(({ kind, purpose, retentionDays, reason, keepsRestored, count }) => [
    kind,
    purpose,
    String(retentionDays),
    reason,
    keepsRestored ? 'masked and restored' : 'masked',
    String(count),
  ])
  const [first = '', ...lines] = formatColumns(rows, ['KIND', 'PURPOSE', 'DAYS', 'REASON', 'FORM', 'ROWS'])
  return [style.dim(first), ...lines]
}
