import { readFile } from 'node:fs/promises'
import { actorIssuerInputSchema } from '@breakwater/contract'
import type { ActorIssuerRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'

/** Who vouches for people on whose behalf services act, and the keys of the tokens that this server signs itself. */
export const actorIssuerCommands: readonly Command[] = [
  createApiCommand({
    name: 'actor-issuer list',
    summary: 'whose tokens may name the person that a service acts for',
    options: {},
    async tell(client, _given, style) {
      const { issuers } = await client.call('listActorIssuers')
      return { json: issuers, lines: describeIssuers(issuers, style) }
    },
  }),
  createApiCommand({
    name: 'actor-issuer put',
    summary: 'believe an issuer of subject tokens (RFC 8693), or change its keys',
    positionals: ['ID'],
    options: {
      issuer: { type: 'string', value: 'URL', help: '`iss` of its tokens, exactly', isRequired: true },
      audience: { type: 'string', value: 'NAME', help: '`aud` of its tokens', isRequired: true },
      jwks: { type: 'string', value: 'PATH', help: 'its public keys: a JWK set (RFC 7517)', isRequired: true },
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const keys = await readKeySet(given.required('jwks'))
      const body = await readBody(actorIssuerInputSchema, given, terminal, {
        options: { issuer: 'issuer', audience: 'audience', keys: 'jwks' },
        read: () => ({ issuer: given.text('issuer'), audience: given.text('audience'), keys }),
      })
      await client.call('putActorIssuer', { params: { id }, body })
      return { json: { id, issuer: body.issuer, audience: body.audience }, lines: [style.good('recorded')] }
    },
  }),
  createApiCommand({
    name: 'actor-issuer disable',
    summary: 'its tokens name nobody any more',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('disableActorIssuer', { params: { id } })
      return { json: { id, isDisabled: true }, lines: [style.good('disabled')] }
    },
  }),
  createApiCommand({
    name: 'token-key rotate',
    summary: 'a new key that signs access tokens; the old one verifies for as long as its tokens live',
    options: {},
    async tell(client, _given, style) {
      const made = await client.call('rotateTokenKey')
      return { json: made, lines: [style.good(`made: ${made.kid}`), style.dim(`signs from ${made.signsFrom}`)] }
    },
  }),
]

async function readKeySet(path: string): Promise<unknown> {
  try {
    const set: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof set === 'object' && set !== null && 'keys' in set) return set.keys
  } catch {
    // Without its cause, which quotes the file.
  }
  throw new UsageError('--jwks: a file with a JWK set')
}

function describeIssuers(issuers: readonly ActorIssuerRecord[], style: Style): string[] {
  if (issuers.length === 0) return [style.dim('no actor issuers')]
  const rows = issuers.map(({ id, isDisabled, kids, audience, issuer }) => [
    id,
    isDisabled ? 'disabled' : 'active',
    String(kids.length),
    audience,
    issuer,
  ])
  const [header = '', ...lines] = formatColumns(rows, ['ID', 'STATE', 'KEYS', 'AUDIENCE', 'ISSUER'])
  return [style.dim(header), ...lines]
}
