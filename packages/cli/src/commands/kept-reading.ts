import { OPEN_PURPOSES } from '@breakwater/contract'
import type { EvaluationRecord, FeedbackRecord, HistoryRecord, HistoryTexts } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import type { Command, Given, Option } from '../command.ts'
import { formatTable, withoutControls } from '../io/format.ts'
import type { Style } from '../style.ts'

const PURPOSE_OPTION: Option = {
  type: 'string',
  choices: OPEN_PURPOSES,
  help: 'what it was kept for, and you look for',
  isRequired: true,
}
const PAGE_OPTIONS: Readonly<Record<string, Option>> = {
  purpose: PURPOSE_OPTION,
  before: { type: 'string', value: 'TIME', help: 'only what was kept before, e.g. the last time of a page' },
  limit: { type: 'string', value: 'N', help: 'how many, 100 at most', default: '50' },
}
const RECORDED = 'Each reading is in the ledger. An administrator who is no privacy officer may not read it.'

/** Reading what is kept of crossings: for its purpose, by who was given it. */
export const keptReadingCommands: readonly Command[] = [
  createApiCommand({
    name: 'kept history list',
    summary: 'crossings that were kept, the newest first',
    examples: ['kept history list --purpose HOPERAT', 'kept history list --purpose HOPERAT --limit 10 --json'],
    options: PAGE_OPTIONS,
    notes: [RECORDED],
    async tell(client, given, style) {
      const { crossings } = await client.call('listHistory', { query: readPage(given) })
      return { json: crossings, lines: describeHistory(crossings, style) }
    },
  }),
  createApiCommand({
    name: 'kept history show',
    summary: 'request and answer of one crossing, in their masked form',
    positionals: ['ID'],
    examples: ['kept history show 0198c0de-0000-4000-8000-000000000001 --purpose HOPERAT'],
    options: {
      purpose: PURPOSE_OPTION,
      restored: { type: 'boolean', help: 'with the values that were masked, if they were kept and you may' },
    },
    notes: [RECORDED, 'What --restored prints identifies a patient: it is yours to keep safe then.'],
    async tell(client, given, style) {
      const [id = ''] = given.positionals
      const query = { purpose: given.text('purpose'), form: given.has('restored') ? 'restored' : 'masked' }
      const texts = await client.call('readHistory', { params: { id }, query })
      return { json: texts, lines: describeTexts(texts, style) }
    },
  }),
  createApiCommand({
    name: 'kept feedback',
    summary: 'what callers think of answers, the newest first',
    examples: ['kept feedback --purpose HOPERAT'],
    options: PAGE_OPTIONS,
    notes: [RECORDED],
    async tell(client, given, style) {
      const { feedback } = await client.call('listFeedback', { query: readPage(given) })
      return { json: feedback, lines: describeFeedback(feedback, style) }
    },
  }),
  createApiCommand({
    name: 'kept sets',
    summary: 'evaluation sets, and how many samples are in each',
    options: {},
    async tell(client, _given, style) {
      const { evaluations } = await client.call('listEvaluations')
      return { json: evaluations, lines: describeSets(evaluations, style) }
    },
  }),
  createApiCommand({
    name: 'kept export',
    summary: 'the samples of an evaluation set, one JSON document a line',
    positionals: ['ID'],
    examples: ['kept export chest-pain --purpose HOPERAT > chest-pain.jsonl'],
    options: { purpose: PURPOSE_OPTION },
    notes: [RECORDED],
    async tell(client, given) {
      const [id = ''] = given.positionals
      const text = await client.callForLines('exportEvaluation', {
        params: { id },
        query: { purpose: given.text('purpose') },
      })
      const lines = text.split('\n').filter((line) => line !== '')
      return { json: lines.map((line): unknown => JSON.parse(line)), lines }
    },
  }),
]

function readPage(given: Given): Record<string, string | number | undefined> {
  return {
    purpose: given.text('purpose'),
    before: given.text('before'),
    limit: given.integer('limit', { min: 1, max: 100 }),
  }
}

function describeHistory(rows: readonly HistoryRecord[], style: Style): string[] {
  if (rows.length === 0) return [style.dim('nothing crossed since it was switched on')]
  return formatTable(
    rows.map((row) => [
      row.crossing,
      row.keptAt,
      row.principal,
      row.purpose,
      `${row.provider} ${row.model}`,
      row.classes.join(' ') || 'nothing',
      row.hasRestored ? 'masked and restored' : 'masked',
    ]),
    ['ID', 'KEPT', 'BY', 'PURPOSE', 'ASKED', 'MASKED', 'FORM'],
    style,
  )
}

function describeTexts(texts: HistoryTexts, style: Style): string[] {
  const head = `${texts.keptAt}, ${texts.principal} to ${texts.provider} ${texts.model}, ${texts.form}`
  return [
    style.dim(head),
    style.bold('Request'),
    withoutControls(texts.request),
    style.bold('Answer'),
    withoutControls(texts.answer),
  ]
}

function describeFeedback(rows: readonly FeedbackRecord[], style: Style): string[] {
  if (rows.length === 0) return [style.dim('nobody has given any')]
  return rows.flatMap(({ crossing, keptAt, principal, rating, reasonCode, comment, hasComment }) => [
    `${rating === 'up' ? style.good(rating) : style.bad(rating)} ${reasonCode} ${style.dim(`${keptAt} ${principal} on ${crossing}`)}`,
    ...(comment === undefined ? [] : [`  ${withoutControls(comment)}`]),
    ...(hasComment && comment === undefined ? [style.dim('  its comment cannot be read: the keys were shredded')] : []),
  ])
}

function describeSets(sets: readonly EvaluationRecord[], style: Style): string[] {
  if (sets.length === 0) return [style.dim('no sets')]
  const rows = sets.map(({ id, count, createdBy, createdAt }) => [id, String(count), createdBy, createdAt])
  return formatTable(rows, ['ID', 'SAMPLES', 'BY', 'MADE'], style)
}
