import { vendorImportSchema } from '@breakwater/contract'
import type { VendorFactRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'

export const vendorCommands: readonly Command[] = [
  createApiCommand({
    name: 'vendors list',
    summary: 'what vendors’ terms say of each feature, and what of it is to be confirmed',
    examples: ['vendors list --vendor openai --to-confirm'],
    options: {
      vendor: { type: 'string', value: 'ID', help: 'of one vendor' },
      'to-confirm': { type: 'boolean', help: 'only what waits for a person' },
    },
    async tell(client, given, style) {
      const { facts: all } = await client.call('listVendorFacts')
      const vendor = given.text('vendor')
      const facts = all.filter(
        (fact) =>
          (vendor === undefined || fact.vendor === vendor) && (!given.has('to-confirm') || fact.state === 'to-confirm'),
      )
      return { json: facts, lines: describeFacts(facts, style) }
    },
  }),
  createApiCommand({
    name: 'vendors import',
    summary: 'takes facts over, to be confirmed: a file of yours, or what this version ships',
    examples: ['vendors import --starter', 'vendors import --file our-facts.json'],
    options: { starter: { type: 'boolean', help: 'what this version ships' }, file: FILE_OPTION },
    async tell(client, given, style, terminal) {
      if (given.has('starter') === (given.text('file') !== undefined)) {
        throw new UsageError('either --starter or --file')
      }
      const read = given.has('starter') ? await client.call('readStarterFacts') : undefined
      const body = await readBody(vendorImportSchema, given, terminal, { options: {}, read: () => read })
      const told = await client.call('importVendorFacts', { body })
      const line = `${told.added} added, ${told.changed} changed, ${told.unchanged} as they were`
      return {
        json: told,
        lines: [style.good(line), style.dim('outside development each counts once it is confirmed')],
      }
    },
  }),
  createApiCommand({
    name: 'vendors confirm',
    summary: 'you read the source and your contract, and this version of the fact is right',
    positionals: ['ID'],
    examples: ['vendors confirm openai-chat-completions'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const { facts } = await client.call('listVendorFacts')
      const fact = facts.find((each) => each.id === id)
      if (!fact) throw new UsageError('no such fact: see vendors list')
      await client.call('confirmVendorFact', { params: { id }, body: { version: fact.version } })
      return { json: { id, version: fact.version }, lines: [style.good(`confirmed, version ${fact.version}`)] }
    },
  }),
]

function describeFacts(facts: readonly VendorFactRecord[], style: Style): string[] {
  if (facts.length === 0) return [style.dim('none')]
  const rows = facts.map((fact) => [
    fact.id,
    fact.state === 'confirmed' ? 'confirmed' : 'TO CONFIRM',
    fact.coverage === 'if' ? `if ${fact.conditions.join(' ')}` : fact.coverage,
    `${fact.vendor} ${fact.service}`,
    fact.endpoint,
    fact.feature,
    fact.retentionDays === null ? 'not known' : `${fact.retentionDays} d`,
    fact.checkedOn,
    fact.source,
  ])
  const header = ['ID', 'STATE', 'COVERED', 'SERVICE', 'ENDPOINT', 'FEATURE', 'KEPT', 'CHECKED', 'SOURCE']
  const [first = '', ...lines] = formatColumns(rows, header)
  return [style.dim(first), ...lines]
}
