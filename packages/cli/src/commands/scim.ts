import { scimTokenInputSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'

const HOUR_SECONDS = 3_600
const MAX_SECONDS = 366 * 86_400

export const scimCommands: readonly Command[] = [
  createApiCommand({
    name: 'scim token issue',
    summary: 'a token by which a directory provisions people; shown once',
    positionals: ['PROVIDER'],
    options: {
      subject: {
        type: 'string',
        choices: ['externalId', 'userName'],
        help: 'which attribute says what ID tokens say as `sub`; externalId when left out',
      },
      'ttl-seconds': { type: 'string', value: 'N', help: 'how long it is good; 180 days when left out, 366 at most' },
      range: {
        type: 'string',
        multiple: true,
        value: 'IP|CIDR',
        help: 'where it is good from; this machine in development',
      },
    },
    notes: ['PROVIDER is an identity provider. Two tokens may serve it at once, so that one can replace the other.'],
    async tell(client, given, style, terminal) {
      const [identityProvider = ''] = given.positionals
      const ttlSeconds = given.integer('ttl-seconds', { min: HOUR_SECONDS, max: MAX_SECONDS })
      const ranges = given.list('range')
      const body = await readBody(scimTokenInputSchema, given, terminal, {
        options: { identityProvider: 'PROVIDER', subjectAttribute: 'subject', ranges: 'range' },
        read: () => ({
          identityProvider,
          subjectAttribute: given.text('subject'),
          ttlSeconds,
          ...(ranges.length > 0 && { ranges }),
        }),
      })
      const issued = await client.call('issueScimToken', { body })
      return {
        json: issued,
        lines: [
          issued.token,
          style.dim(`good until ${issued.expiresAt}; not shown again`),
          style.dim(`to revoke: breakwater scim token revoke ${issued.id}`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'scim token list',
    summary: 'the tokens of directories that are good now',
    options: {},
    async tell(client, _given, style) {
      const { tokens } = await client.call('listScimTokens')
      if (tokens.length === 0) return { json: tokens, lines: [style.dim('no SCIM tokens')] }
      const rows = tokens.map(({ id, identityProvider, subjectAttribute, expiresAt }) => [
        id,
        identityProvider,
        subjectAttribute,
        expiresAt,
      ])
      const [header = '', ...lines] = formatColumns(rows, ['TOKEN', 'PROVIDER', 'SUBJECT', 'UNTIL'])
      return { json: tokens, lines: [style.dim(header), ...lines] }
    },
  }),
  createApiCommand({
    name: 'scim token revoke',
    summary: 'a directory’s token is good no more',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('revokeScimToken', { params: { id } })
      return { json: { id, isRevoked: true }, lines: [style.good('revoked')] }
    },
  }),
]
