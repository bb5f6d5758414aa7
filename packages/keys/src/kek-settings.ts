import { AppError } from '@breakwater/kernel'
import { z } from 'zod'
import type { AwsKekOptions } from './providers/aws/aws-kek.ts'
import type { AzureCredentialSettings } from './providers/azure/azure-credential.ts'
import type { GcpKekOptions } from './providers/gcp/gcp-kek.ts'
import type { Pkcs11KekOptions } from './providers/pkcs11/pkcs11-kek.ts'
import type { VaultKekOptions } from './providers/vault/vault-kek.ts'

type Settings<Kind extends string, Options> = { readonly kind: Kind } & Omit<Options, 'environment'>

/** Which keys wrap, and where they are. Holds paths and names, never a secret: docs/keys.md lists every field. */
export type KekSettings =
  | Settings<'local', { readonly name: string; readonly dir: string }>
  | Settings<'pkcs11', Pkcs11KekOptions>
  | Settings<'aws-kms', AwsKekOptions>
  | Settings<'azure-key-vault', AzureSettings>
  | Settings<'gcp-kms', GcpKekOptions>
  | Settings<'vault-transit', VaultKekOptions>

interface AzureSettings {
  readonly name: string
  readonly keyUrl: string
  readonly credential: AzureCredentialSettings
  readonly caFile?: string
  readonly timeoutMs?: number
}

/** Stored in every wrapped key, so it must not change. */
const name = z.string().regex(/^[\w.:-]{1,64}$/)
const text = z.string().min(1).max(1024)
const timeoutMs = z.int().min(100).max(60_000)
const remote = { name, caFile: text.exactOptional(), timeoutMs: timeoutMs.exactOptional() }
const entra = { tenantId: text, clientId: text }

const schema: z.ZodType<KekSettings> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), name, dir: text }),
  z.strictObject({
    kind: z.literal('pkcs11'),
    name,
    modulePath: text,
    tokenLabel: text,
    pinFile: text,
    keyName: z.string().regex(/^[\w.-]{1,64}$/),
    timeoutMs: timeoutMs.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('aws-kms'),
    ...remote,
    keyArn: text,
    olderKeyArns: z.array(text).max(32).exactOptional(),
    credentialsFile: text.exactOptional(),
    useFips: z.boolean().exactOptional(),
    endpoint: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('azure-key-vault'),
    ...remote,
    keyUrl: text,
    credential: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('default') }),
      z.strictObject({ type: z.literal('managed-identity'), clientId: text.exactOptional() }),
      z.strictObject({ type: z.literal('workload-identity'), ...entra, tokenFile: text }),
      z.strictObject({ type: z.literal('client-certificate'), ...entra, certificateFile: text }),
    ]),
  }),
  z.strictObject({
    kind: z.literal('gcp-kms'),
    ...remote,
    keyName: text,
    credentialsFile: text.exactOptional(),
    endpoint: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('vault-transit'),
    ...remote,
    address: text,
    keyName: text,
    mount: text.exactOptional(),
    namespace: text.exactOptional(),
    tokenFile: text,
  }),
])

/** Settings as an operator wrote them, e.g. a JSON file. Throws `config.invalid` that names fields, never a value. */
export function parseKekSettings(value: unknown): KekSettings {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.flatMap(({ path, ...issue }) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key].join('.')) : [path.join('.')],
  )
  throw new AppError('config.invalid', { message: `invalid setting of the key provider: ${fields.join(', ')}` })
}
