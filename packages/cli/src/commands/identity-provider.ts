import { identityProviderInputSchema } from '@breakwater/contract'
import type { IdentityProviderRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { describeRecord } from './record.ts'

export const identityProviderCommands: readonly Command[] = [
  createApiCommand({
    name: 'identity-provider list',
    summary: 'where people log in',
    options: {},
    async tell(client, _given, style) {
      const { identityProviders } = await client.call('listIdentityProviders')
      return { json: identityProviders, lines: describeProviders(identityProviders, style) }
    },
  }),
  createApiCommand({
    name: 'identity-provider show',
    summary: 'one of them: groups and roles, and what counts as more than one factor',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const provider = await client.call('getIdentityProvider', { params: { id } })
      return { json: provider, lines: describeRecord(provider, style) }
    },
  }),
  createApiCommand({
    name: 'identity-provider put',
    summary: 'add one, or record its next version',
    positionals: ['ID'],
    options: { file: { ...FILE_OPTION, help: 'the whole record as JSON (- is stdin)', isRequired: true } },
    notes: [
      'label, issuer, clientId, clientAuthentication (private_key_jwt, client_secret_basic), credentialFile (a file of',
      'the secrets folder), keyId, scopes, groupsClaim, groups [{group, roles, purposes, mayRestore}], mfa {acr, amr},',
      'phishingResistant {acr, amr}, maxAuthenticationAgeSeconds: docs/identity.md. Needs a fresh second factor.',
    ],
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(identityProviderInputSchema, given, terminal, { options: {}, read: () => undefined })
      const provider = await client.call('putIdentityProvider', { params: { id }, body })
      return { json: provider, lines: [style.good(`recorded, version ${provider.version}`)] }
    },
  }),
  createApiCommand({
    name: 'identity-provider disable',
    summary: 'nobody logs in there any more; sessions that began there end',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('disableIdentityProvider', { params: { id } })
      return { json: { id, isDisabled: true }, lines: [style.good('disabled')] }
    },
  }),
]

function describeProviders(providers: readonly IdentityProviderRecord[], style: Style): string[] {
  if (providers.length === 0) return [style.dim('no identity providers')]
  const rows = providers.map(({ id, version, isDisabled, issuer, groups }) => [
    id,
    String(version),
    isDisabled ? 'disabled' : 'active',
    String(groups.length),
    issuer,
  ])
  const [header = '', ...lines] = formatColumns(rows, ['ID', 'VERSION', 'STATE', 'GROUPS', 'ISSUER'])
  return [style.dim(header), ...lines]
}
