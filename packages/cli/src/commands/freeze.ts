import { FREEZE_REASONS, freezeInputSchema } from '@breakwater/contract'
import type { FreezePreview, FreezeScope } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'

const FIELD_OPTIONS = { reason: 'reason', target: 'provider' }

export const freezeCommands: readonly Command[] = [
  createApiCommand({
    name: 'freeze list',
    summary: 'what is frozen, and since when',
    options: {},
    async tell(client, _given, style) {
      const { freezes } = await client.call('listFreezes')
      if (freezes.length === 0) return { json: freezes, lines: [style.dim('nothing was ever frozen')] }
      const rows = freezes.map(({ id, state, target, reason, frozenBy, frozenAt }) => [
        id,
        state,
        describeTarget(target),
        reason,
        frozenBy,
        frozenAt,
      ])
      const [first = '', ...lines] = formatColumns(rows, ['ID', 'STATE', 'WHAT', 'REASON', 'BY', 'SINCE'])
      return { json: freezes, lines: [style.dim(first), ...lines] }
    },
  }),
  createApiCommand({
    name: 'freeze',
    summary: 'stops what leaves, on every replica, within five seconds',
    options: {
      all: { type: 'boolean', help: 'everything of this installation' },
      tenant: { type: 'boolean', help: 'everything of this tenant' },
      provider: { type: 'string', value: 'ID', help: 'what goes to one provider' },
      reason: { type: 'string', choices: FREEZE_REASONS, default: 'incident', help: 'why, as a code' },
      'dry-run': { type: 'boolean', help: 'say what would stop, and stop nothing' },
    },
    notes: ['Streams under way are cut. Two people lift it: breakwater unfreeze propose, then approve.'],
    async tell(client, given, style, terminal) {
      const target = readTarget(given)
      const body = await readBody(freezeInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({ target, reason: given.text('reason') }),
      })
      if (given.has('dry-run')) {
        const preview = await client.call('previewFreeze', { body })
        return { json: preview, lines: describePreview(preview, style) }
      }
      const frozen = await client.call('freeze', { body })
      return {
        json: frozen,
        lines: [
          style.good(`frozen: ${describeTarget(frozen.target)}`),
          style.dim(`to lift it: breakwater unfreeze propose ${frozen.id}, and another person: unfreeze approve`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'unfreeze propose',
    summary: 'the first of two people who lift a freeze',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('proposeUnfreeze', { params: { id } })
      const next = `still frozen; another person: breakwater unfreeze approve ${id}`
      return { json: { id, state: 'lift proposed' }, lines: [style.good('proposed'), style.dim(next)] }
    },
  }),
  createApiCommand({
    name: 'unfreeze approve',
    summary: 'the second one: it leaves again',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('unfreeze', { params: { id } })
      return { json: { id, state: 'lifted' }, lines: [style.good('lifted')] }
    },
  }),
]

function readTarget(given: Given): unknown {
  const provider = given.text('provider')
  const targets = [
    ...(given.has('all') ? [{ scope: 'all' }] : []),
    ...(given.has('tenant') ? [{ scope: 'tenant' }] : []),
    ...(provider === undefined ? [] : [{ scope: 'provider', provider }]),
  ]
  if (targets.length !== 1) throw new UsageError('one of --all, --tenant, --provider ID')
  return targets[0]
}

function describeTarget(target: FreezeScope): string {
  if (target.scope === 'provider') return `provider ${target.provider}`
  return target.scope === 'all' ? 'everything' : 'the tenant'
}

function describePreview({ target, providers, underWay }: FreezePreview, style: Style): string[] {
  const rows = providers.map(({ id, models, isFrozen }) => [
    id,
    models.join(' '),
    isFrozen ? 'frozen already' : 'would stop',
  ])
  const [first = '', ...lines] = formatColumns(rows, ['PROVIDER', 'MODELS', 'STATE'])
  const count = `${underWay} ${underWay === 1 ? 'crossing' : 'crossings'} under way would be cut`
  return [`${describeTarget(target)}: nothing was frozen`, '', style.dim(first), ...lines, '', count]
}
