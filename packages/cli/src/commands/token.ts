import { TOKEN_REASONS, tokenHashSchema, tokenInputSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../terminal.ts'

const MINUTE_SECONDS = 60
const MAX_SECONDS = 90 * 86_400

export const tokenCommands: readonly Command[] = [
  createApiCommand({
    name: 'token issue',
    summary: 'an API key, for what cannot hold a key pair; shown once',
    positionals: ['PRINCIPAL'],
    options: {
      'ttl-seconds': { type: 'string', value: 'N', help: 'how long it is good; 90 days when left out, and at most' },
      range: {
        type: 'string',
        multiple: true,
        value: 'IP|CIDR',
        help: 'where it is good from; this machine in development',
      },
      scope: {
        type: 'string',
        multiple: true,
        value: 'SCOPE',
        help: 'what it is good for: an action, or action:PURPOSE',
      },
      reason: { type: 'string', choices: [...TOKEN_REASONS], help: 'why there is one; required outside development' },
    },
    notes: ['A service that can hold a key pair needs none: breakwater service register, breakwater connect.'],
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const ttlSeconds = given.integer('ttl-seconds', { min: MINUTE_SECONDS, max: MAX_SECONDS })
      const [ranges, scopes] = [given.list('range'), given.list('scope')]
      const body = await readBody(tokenInputSchema, given, terminal, {
        options: { ranges: 'range', scopes: 'scope', reason: 'reason' },
        read: () => ({
          ttlSeconds,
          reason: given.text('reason'),
          ...(ranges.length > 0 && { ranges }),
          ...(scopes.length > 0 && { scopes }),
        }),
      })
      const issued = await client.call('issueToken', { params: { id }, body })
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
