import type { ProviderKind, ProviderSettings } from '@breakwater/contract'
import { AUTH_RULES, CREDENTIAL_RULES, KIND_RULES } from '@breakwater/contract'

type SettingName = keyof ProviderSettings

export interface SettingField {
  readonly name: SettingName
  readonly isNeeded: boolean
  readonly label: string
  readonly description?: string
  readonly choices?: readonly string[]
  readonly isList?: boolean
}

const FIELDS: Readonly<Record<SettingName, Omit<SettingField, 'name' | 'isNeeded'>>> = {
  apiVersion: { label: 'API version', description: '“v1”, or the date of a dated path.' },
  auth: { label: 'Signs in with' },
  credential: {
    label: 'Credential of Entra',
    choices: ['managed-identity', 'workload-identity', 'client-certificate'],
  },
  directoryId: { label: 'Directory', description: 'The id of the tenant at Entra.' },
  clientId: { label: 'Application', description: 'Its id at Entra.' },
  certificateFile: { label: 'File with certificate and key', description: 'Its name in the secrets folder.' },
  assertionFile: { label: 'File with the platform’s token', description: 'Its name in the secrets folder.' },
  organization: { label: 'Organisation' },
  project: { label: 'Project' },
  region: { label: 'Region', description: 'E.g. us-east-1.' },
  shape: { label: 'Shape', choices: ['mantle', 'runtime-openai', 'converse', 'invoke'] },
  guardrailId: { label: 'Guardrail' },
  guardrailVersion: { label: 'Version of the guardrail', description: '“DRAFT” or a number.' },
  location: { label: 'Location', description: 'A region or a multi-region, e.g. europe-west4.' },
  version: { label: 'Version of the API', description: 'A date, e.g. 2023-06-01.' },
  betas: { label: 'Betas', description: 'Names, with commas between.', isList: true },
}

export interface ProviderChoices {
  readonly kind: ProviderKind
  readonly auth: string | undefined
  readonly credential: string | undefined
}

/** Of a kind and its way of signing in: the settings that it needs and those that it may have, as the contract says. */
export function listSettings({ kind, auth, credential }: ProviderChoices): readonly SettingField[] {
  const { needs = [], may = [] } = KIND_RULES[kind]
  const ofAuth = isKeyOf(AUTH_RULES, auth) ? AUTH_RULES[auth] : undefined
  const ofCredential = isKeyOf(CREDENTIAL_RULES, credential) ? CREDENTIAL_RULES[credential].needs : []
  const needed = new Set([...needs, ...(ofAuth?.needs ?? []), ...ofCredential])
  const names = new Set([...needed, ...may, ...(ofAuth?.may ?? [])])
  return [...names].map((name) => ({ name, isNeeded: needed.has(name), ...FIELDS[name] }))
}

/** Whether a file of the secrets folder has to be named. */
export function needsKeyFile({ kind, auth }: ProviderChoices): 'needed' | 'optional' | 'none' {
  return isKeyOf(AUTH_RULES, auth) ? AUTH_RULES[auth].apiKey : KIND_RULES[kind].apiKey
}

function isKeyOf<Table extends object>(table: Table, name: string | undefined): name is string & keyof Table {
  return name !== undefined && Object.hasOwn(table, name)
}
