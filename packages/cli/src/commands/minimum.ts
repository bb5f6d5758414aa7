import { readFile } from 'node:fs/promises'
import { minimumPolicyInputSchema } from '@breakwater/contract'
import type { MinimumPolicyInput, MinimumPolicyRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

const STARTER_OPTION = { type: 'string', value: 'NAME', help: 'one of `breakwater minimum starters`' } as const

export const minimumCommands: readonly Command[] = [
  createApiCommand({
    name: 'minimum list',
    summary: 'what of records may leave, by role and purpose',
    options: {},
    async tell(client, _given, style) {
      const { policies } = await client.call('listMinimumPolicies')
      return { json: policies, lines: describePolicies(policies, style) }
    },
  }),
  {
    name: 'minimum starters',
    summary: 'policies to begin with, as JSON; none is in force by itself',
    options: {},
    async run(_given, { stdout }) {
      const { MINIMUM_STARTERS } = await import('@breakwater/server')
      stdout.write(`${JSON.stringify(MINIMUM_STARTERS, null, 2)}\n`)
    },
  },
  createApiCommand({
    name: 'minimum put',
    summary: 'record a policy, or its next version; it is off until it is activated',
    positionals: ['ID'],
    examples: ['minimum put billing --starter billing', 'minimum put ward --file policy.json'],
    options: { starter: STARTER_OPTION, file: FILE_OPTION },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const policy = await client.call('putMinimumPolicy', { params: { id }, body: await readPolicy(given, terminal) })
      const next = `in force after: breakwater minimum activate ${id}`
      return { json: policy, lines: [style.good(`recorded, version ${policy.version}`), style.dim(next)] }
    },
  }),
  createApiCommand({
    name: 'minimum activate',
    summary: 'puts the latest version of a policy in force',
    positionals: ['ID'],
    examples: ['minimum activate billing'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const policy = await client.call('activateMinimumPolicy', { params: { id } })
      return { json: policy, lines: [style.good(`version ${policy.version} is in force`)] }
    },
  }),
  createApiCommand({
    name: 'minimum end',
    summary: 'ends a policy: it leaves nothing out any more',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('endMinimumPolicy', { params: { id } })
      return { json: { id, isEnded: true }, lines: [style.good('ended')] }
    },
  }),
  {
    name: 'minimum try',
    summary: 'what a policy would leave of a file, without a server',
    positionals: ['PATH'],
    examples: ['minimum try patient.json --starter billing'],
    options: {
      starter: STARTER_OPTION,
      file: { type: 'string', value: 'PATH', help: 'or a policy as `minimum put` takes it' },
    },
    notes: [
      'Writes what is left to stdout, and what was left out to stderr, in counts. Nothing of it leaves this machine.',
    ],
    async run(given, terminal) {
      const { createTrimTally, trimRecords } = await import('@breakwater/server')
      const { rules } = await readPolicy(given, terminal)
      const tally = createTrimTally()
      const [path = ''] = given.positionals
      const left = trimRecords(await readFile(path, 'utf8'), rules, new Date(), tally)
      terminal.stdout.write(left)
      const places = [...tally.paths].map(([place, count]) => [place, String(count)])
      const lines = [`${tally.records} records, ${tally.fields} fields left out`, ...formatColumns(places)]
      terminal.stderr.write(lines.map((line) => `${line}\n`).join(''))
    },
  },
]

async function readPolicy(given: Given, terminal: Terminal): Promise<MinimumPolicyInput> {
  const name = given.text('starter')
  if ((name === undefined) === (given.text('file') === undefined))
    throw new UsageError('one of --starter NAME, --file PATH')
  if (name === undefined) {
    return readBody(minimumPolicyInputSchema, given, terminal, { options: {}, read: () => undefined })
  }
  const { MINIMUM_STARTERS } = await import('@breakwater/server')
  const starter = Object.hasOwn(MINIMUM_STARTERS, name) ? MINIMUM_STARTERS[name] : undefined
  if (starter) return starter
  throw new UsageError(`--starter: one of ${Object.keys(MINIMUM_STARTERS).join(', ')}`)
}

function describePolicies(policies: readonly MinimumPolicyRecord[], style: Style): string[] {
  if (policies.length === 0) return [style.dim('no policies: records leave as they come, de-identified')]
  const rows = policies.map(({ id, version, state, roles, purposes, models, rules }) => [
    id,
    String(version),
    state,
    roles.join(' '),
    purposes.join(' '),
    models?.join(' ') ?? 'all',
    String(Object.keys(rules.resources).length + rules.records.length),
  ])
  const [first = '', ...lines] = formatColumns(rows, ['ID', 'VERSION', 'STATE', 'ROLES', 'PURPOSES', 'MODELS', 'TYPES'])
  return [style.dim(first), ...lines]
}
