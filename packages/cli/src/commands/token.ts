import { tokenHashSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../terminal.ts'

const MINUTE_SECONDS = 60
const YEAR_SECONDS = 366 * 86_400

export const tokenCommands: readonly Command[] = [
  createApiCommand({
    name: 'token issue',
    summary: 'a new token for a principal, shown once',
    positionals: ['PRINCIPAL'],
    options: { 'ttl-seconds': { type: 'string', value: 'N', help: 'how long it is good; 90 days when left out' } },
    async tell(client, given, style) {
      const [id = ''] = given.positionals
      const ttlSeconds = given.integer('ttl-seconds', { min: MINUTE_SECONDS, max: YEAR_SECONDS })
      const issued = await client.call('issueToken', { params: { id }, body: { ttlSeconds } })
      return {
        json: issued,
        lines: [
          issued.token,
          style.dim(`good until ${issued.expiresAt}; not shown again`),
          style.dim(`to revoke: breakwater token revoke ${id} ${issued.sha256}`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'token revoke',
    summary: 'a token is good no more',
    positionals: ['PRINCIPAL', 'SHA256'],
    options: {},
    async tell(client, { positionals: [id = '', sha256 = ''] }, style) {
      if (!tokenHashSchema.safeParse(sha256).success)
        throw new UsageError('SHA256 is 64 hex digits: the hash, not the token')
      await client.call('revokeToken', { params: { id, sha256 } })
      return { json: { id, sha256, isRevoked: true }, lines: [style.good('revoked')] }
    },
  }),
]
