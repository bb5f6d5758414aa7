import { BREAK_GLASS_REASONS, breakGlassInputSchema } from '@breakwater/contract'
import type { BreakGlassRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'

const FIELD_OPTIONS = { reason: 'reason', justification: 'why', seconds: 'minutes', control: 'control' }
const MAX_MINUTES = 60

export const breakGlassCommands: readonly Command[] = [
  createApiCommand({
    name: 'break-glass list',
    summary: 'who broke the glass, and which reviews are due',
    options: {},
    async tell(client, _given, style) {
      const { breakGlass } = await client.call('listBreakGlass')
      return { json: breakGlass, lines: describeAll(breakGlass, style) }
    },
  }),
  createApiCommand({
    name: 'break-glass open',
    summary: 'emergency access for at most an hour: told at once, reviewed afterwards',
    options: {
      reason: { type: 'string', choices: BREAK_GLASS_REASONS, help: 'why, as a code' },
      why: { type: 'string', value: 'TEXT', help: 'why, in words that name no patient' },
      minutes: { type: 'string', value: 'N', help: `how long, at most ${MAX_MINUTES}` },
      control: {
        type: 'string',
        choices: ['review', 'second-person'],
        default: 'review',
        help: 'open now and review it, or open once another person confirms',
      },
    },
    notes: ['Needs a person’s session with more than one factor shown within five minutes; a token is refused.'],
    async tell(client, given, style, terminal) {
      const minutes = given.integer('minutes', { min: 1, max: MAX_MINUTES })
      const body = await readBody(breakGlassInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({
          reason: given.text('reason'),
          justification: given.text('why'),
          control: given.text('control'),
          ...(minutes !== undefined && { seconds: minutes * 60 }),
        }),
      })
      const opened = await client.call('openBreakGlass', { body })
      return {
        json: opened,
        lines: [
          style.good(`${opened.state} until ${opened.endsAt}: ${opened.id}`),
          style.dim(`review due ${opened.reviewDueAt}`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'break-glass confirm',
    summary: 'the second person’s yes',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('confirmBreakGlass', { params: { id } })
      return { json: { id, state: 'open' }, lines: [style.good('open')] }
    },
  }),
  createApiCommand({
    name: 'break-glass close',
    summary: 'ends your own before its time',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('closeBreakGlass', { params: { id } })
      return { json: { id, state: 'closed' }, lines: [style.good('closed')] }
    },
  }),
  createApiCommand({
    name: 'break-glass review',
    summary: 'what another person found afterwards',
    positionals: ['ID'],
    options: {
      finding: { type: 'string', choices: ['justified', 'not-justified'], isRequired: true, help: 'what was found' },
    },
    async tell(client, given, style) {
      const [id = ''] = given.positionals
      const finding = given.required('finding')
      await client.call('reviewBreakGlass', { params: { id }, body: { finding } })
      return { json: { id, finding }, lines: [style.good(`reviewed: ${finding}`)] }
    },
  }),
]

function describeAll(rows: readonly BreakGlassRecord[], style: Style): string[] {
  if (rows.length === 0) return [style.dim('nobody has broken the glass')]
  const lines = rows.map((row) => [
    row.id,
    row.state,
    row.principal,
    row.reason,
    row.openedAt,
    row.endsAt,
    describeReview(row),
  ])
  const [first = '', ...others] = formatColumns(lines, ['ID', 'STATE', 'WHO', 'REASON', 'OPENED', 'ENDS', 'REVIEW'])
  return [style.dim(first), ...others]
}

function describeReview({ finding, isReviewOverdue, reviewDueAt }: BreakGlassRecord): string {
  if (finding !== undefined) return finding
  return isReviewOverdue ? `OVERDUE since ${reviewDueAt}` : `due ${reviewDueAt}`
}
