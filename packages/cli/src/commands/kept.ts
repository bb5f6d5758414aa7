import {
  KEEP_REASONS,
  KEPT_KINDS,
  keptKindSchema,
  keptRuleInputSchema,
  MAX_KEPT_DAYS,
  OPEN_PURPOSES,
} from '@breakwater/contract'
import type { KeptKind, KeptRuleRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'
import { keptReadingCommands } from './kept-reading.ts'

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
    examples: ['kept on history --purpose HOPERAT --days 30 --reason quality-review'],
    options: {
      purpose: { type: 'string', choices: OPEN_PURPOSES, help: 'what for; it is read for no other' },
      days: { type: 'string', value: 'N', help: `how long, ${MAX_KEPT_DAYS} at most` },
      reason: { type: 'string', choices: KEEP_REASONS, help: 'why, for the ledger' },
      restored: { type: 'boolean', help: 'of history: also with the values that were masked' },
      file: FILE_OPTION,
    },
    notes: ['A shorter time reaches back to what is kept already; a longer one does not.'],
    async tell(client, given, style, terminal) {
      const kind = readKind(given.positionals)
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
    examples: ['kept off history'],
    options: {},
    async tell(client, { positionals }, style) {
      const kind = readKind(positionals)
      await client.call('endKeptRule', { params: { kind } })
      return { json: { kind, isKept: false }, lines: [style.good('off, and what was kept is deleted')] }
    },
  }),
  ...keptReadingCommands,
]

function readKind([kind]: readonly string[]): KeptKind {
  const parsed = keptKindSchema.safeParse(kind)
  if (!parsed.success) throw new UsageError(`KIND is one of: ${KINDS}`)
  return parsed.data
}

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
