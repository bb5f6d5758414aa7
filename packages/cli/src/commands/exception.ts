import { exceptionInputSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'

const FIELD_OPTIONS = { kind: 'kind', subject: 'subject', owner: 'owner', seconds: 'days', justification: 'why' }
const DAY_SECONDS = 86_400

export const exceptionCommands: readonly Command[] = [
  createApiCommand({
    name: 'exception list',
    summary: 'the risk register: what deviates, who answers for it, until when',
    options: {},
    async tell(client, _given, style) {
      const { exceptions } = await client.call('listExceptions')
      if (exceptions.length === 0) return { json: exceptions, lines: [style.dim('no exceptions')] }
      const rows = exceptions.map(({ id, state, kind, subject, owner, expiresAt }) => [
        id,
        state,
        kind,
        subject,
        owner,
        expiresAt,
      ])
      const [first = '', ...lines] = formatColumns(rows, ['ID', 'STATE', 'KIND', 'SUBJECT', 'OWNER', 'EXPIRES'])
      return { json: exceptions, lines: [style.dim(first), ...lines] }
    },
  }),
  createApiCommand({
    name: 'exception put',
    summary: 'proposes an exception; it is in force once another person approves it',
    options: {
      kind: { type: 'string', choices: ['api-key', 'idle-timeout', 'tls-1.2'], help: 'which rule' },
      subject: { type: 'string', value: 'NAME', help: 'what deviates; * is the whole tenant' },
      owner: { type: 'string', value: 'PRINCIPAL', help: 'who answers for it' },
      days: { type: 'string', value: 'N', help: 'until it expires, at most 366' },
      why: { type: 'string', value: 'TEXT', help: 'why, in words that name no patient' },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const days = given.integer('days', { min: 1, max: 366 })
      const body = await readBody(exceptionInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({
          kind: given.text('kind'),
          subject: given.text('subject'),
          owner: given.text('owner'),
          ...(days !== undefined && { seconds: days * DAY_SECONDS }),
          justification: given.text('why'),
        }),
      })
      const proposed = await client.call('proposeException', { body })
      return {
        json: proposed,
        lines: [
          style.good(`proposed: ${proposed.id}`),
          style.dim(`somebody else approves it: breakwater exception approve ${proposed.id}`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'exception approve',
    summary: 'agrees to what somebody else proposed',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('approveException', { params: { id } })
      return { json: { id, state: 'in force' }, lines: [style.good('in force')] }
    },
  }),
  createApiCommand({
    name: 'exception end',
    summary: 'ends an exception at this second, or refuses a proposed one',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('endException', { params: { id } })
      return { json: { id, state: 'ended' }, lines: [style.good('ended')] }
    },
  }),
]
