import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { createFileReader, UNKNOWN, verifyLog } from '@breakwater/ledger/verify'
import { createApiCommand } from '../api/command.ts'
import { homeOf } from '../api/home.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import { createStyle } from '../style.ts'
import { FailedError } from '../terminal.ts'

const verify: Command = {
  name: 'audit verify',
  summary: 'prove that the log is whole: every entry, tile and signature',
  options: {
    log: { type: 'string', value: 'FOLDER', help: "the log; the server's own when left out" },
    key: { type: 'string', value: 'PATH', help: 'file with its verifier key; log.vkey beside the log when left out' },
    previous: {
      type: 'string',
      value: 'PATH',
      help: 'a checkpoint kept from before: the log must still begin with it',
    },
    json: { type: 'boolean', help: 'print JSON, for machines' },
  },
  notes: [
    'Works on a copy, without a server: give the key by another way than the log.',
    'Exit code 1 when the log was changed, cut or signed by another key.',
  ],
  async run(given, terminal) {
    const { stdout, environment } = terminal
    const style = createStyle(stdout, environment)
    const log = given.text('log') ?? join(homeOf(terminal), 'log')
    const vkey = await readFile(given.text('key') ?? join(log, '..', 'log.vkey'), 'utf8').catch((error: unknown) => {
      throw new AppError('config.invalid', {
        message: 'no verifier key can be read: name it with --key, and the log with --log or BREAKWATER_HOME',
        cause: error,
      })
    })
    const previous = given.text('previous')
    const kinds = new Map<string, number>()
    let lastWall = ''
    const verdict = await verifyLog({
      reader: createFileReader(log),
      vkey: vkey.trim(),
      ...(previous !== undefined && { previousCheckpoint: await readFile(previous) }),
      onEntry: (_index, entry) => {
        kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1)
        lastWall = entry.time.wall
      },
    })
    if (!verdict.ok) {
      const { problem, detail } = verdict
      if (given.has('json')) stdout.write(`${JSON.stringify({ verified: false, problem, detail }, null, 2)}\n`)
      else stdout.write(`${style.bad('✗ not verified')}   ${problem}: ${detail}\n`)
      throw new FailedError(problem)
    }
    const { origin, size, root } = verdict.checkpoint
    const rootText = Buffer.from(root).toString('base64')
    const entries = Object.fromEntries(Array.from(kinds).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (given.has('json')) {
      const told = { verified: true, origin, size, root: rootText, lastEntryAt: lastWall || null, entries }
      stdout.write(`${JSON.stringify(told, null, 2)}\n`)
      return
    }
    const label = (text: string): string => style.dim(text.padEnd(12))
    const lines = [
      `${style.good('✓ verified')}   ${size.toLocaleString('en')} entries, every hash and the signature`,
      '',
      `${label('log')}${origin}`,
      `${label('size')}${size}`,
      `${label('root')}${rootText}`,
      `${label('last entry')}${lastWall || '-'}`,
    ]
    if (previous !== undefined) lines.push(`${label('before')}${verdict.previousSize} entries, unchanged since`)
    if (kinds.size > 0) lines.push('')
    const rows = Object.entries(entries).map(([kind, count]) => [kind, count.toLocaleString('en')])
    lines.push(...formatColumns(rows).map((line) => `  ${line}`))
    stdout.write(`${lines.join('\n')}\n`)
  },
}

const MAX_PAGE = 1000
const NOT_KNOWN = '-'
const SHOWN_FIELDS = ['kind', 'decision', 'principal', 'purpose', 'provider', 'model', 'codes'] as const

const show = createApiCommand({
  name: 'audit show',
  summary: 'entries of the log: ids, codes and counts',
  options: {
    after: { type: 'string', value: 'N', help: 'entries behind this index; from the first when left out' },
    limit: { type: 'string', value: 'N', help: `at most so many, up to ${MAX_PAGE}`, default: '100' },
  },
  async tell(client, given, style) {
    const after = given.integer('after', { min: -1, max: Number.MAX_SAFE_INTEGER })
    const limit = given.integer('limit', { min: 1, max: MAX_PAGE })
    const { entries } = await client.call('readLedger', { query: { after, limit } })
    const fields = SHOWN_FIELDS.filter((field) => entries.some(({ entry }) => readField(entry, field) !== NOT_KNOWN))
    const rows = entries.map(({ index, entry }) => [
      String(index),
      readField(Reflect.get(Object(entry), 'time'), 'wall'),
      ...fields.map((field) => readField(entry, field)),
    ])
    const titles = ['INDEX', 'TIME', ...fields.map((field) => field.toUpperCase())]
    const [header = '', ...lines] = formatColumns(rows, titles)
    return { json: entries, lines: rows.length > 0 ? [style.dim(header), ...lines] : [style.dim('no entries')] }
  },
})

/** A field of an entry of any version; what is not known is a dash. */
function readField(entry: unknown, field: string): string {
  const value: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, field) : undefined
  if (Array.isArray(value)) return value.length > 0 ? value.join(' ') : NOT_KNOWN
  return typeof value === 'string' && value !== UNKNOWN ? value : NOT_KNOWN
}

export const auditCommands: readonly Command[] = [verify, show]
