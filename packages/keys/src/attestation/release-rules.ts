import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '@breakwater/kernel'
import type { Clock } from '@breakwater/kernel'
import { z } from 'zod'
import type { AttestationVerifier } from './attested.ts'
import { createAzureVerifier } from './azure.ts'
import type { AttestationKey } from './azure.ts'
import { parseCertificate } from './certificates.ts'
import { createNitroVerifier } from './nitro.ts'

/** "Release the keys of this class only to attested callers": what an operator writes, docs/keys.md lists every field. */
export type ReleaseSettings = NitroSettings | AzureSettings

interface NitroSettings {
  readonly kind: 'aws-nitro'
  readonly objectClass: string
  /** PEM of the AWS Nitro Enclaves root, as the operator downloaded and compared it. */
  readonly rootCertificateFile: string
  /** Allowed values in hex by register; register 0, the image, is required. */
  readonly pcrs: Readonly<Record<string, readonly string[]>>
  readonly maxAgeSeconds: number
}

interface AzureSettings {
  readonly kind: 'azure-attestation'
  readonly objectClass: string
  readonly issuer: string
  /** The issuer's key set (RFC 7517), from where the operator trusts it to come from. */
  readonly issuerKeysFile: string
  readonly attestationTypes: readonly string[]
  readonly claims: Readonly<Record<string, readonly (string | number | boolean)[]>>
  readonly maxAgeSeconds: number
}

/** One setting, ready to judge. */
export interface ReleaseRule {
  readonly objectClass: string
  readonly kind: ReleaseSettings['kind']
  /** Of what is expected, in hex: two replicas that expect the same have the same. */
  readonly sha256: string
  /** When the pinned root ends; undefined where a service's own keys are believed. */
  readonly rootEndsAt?: Date
  readonly verify: AttestationVerifier
}

const path = z.string().min(1).max(1024)
// Of zeros: an enclave in debug mode, which nobody may expect.
const register = z.string().regex(/^(?!0{96}$)[0-9a-f]{96}$/)
// What the server itself must open to start is no class of this kind.
const objectClass = z.string().regex(/^(?!keyring-)[a-z][a-z0-9-]{0,62}$/)
const maxAgeSeconds = z.int().min(10).max(3600).default(300)

const schema: z.ZodType<ReleaseSettings> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('aws-nitro'),
    objectClass,
    rootCertificateFile: path,
    pcrs: z
      .record(z.string().regex(/^([12]?\d|3[01])$/), z.array(register).min(1).max(16))
      .refine((pcrs) => '0' in pcrs, { path: ['0'] }),
    maxAgeSeconds,
  }),
  z.strictObject({
    kind: z.literal('azure-attestation'),
    objectClass,
    issuer: z.url({ protocol: /^https$/ }).max(256),
    issuerKeysFile: path,
    attestationTypes: z.array(z.string().min(1).max(64)).min(1).max(8),
    claims: z
      .record(
        z.string().regex(/^[\w.-]{1,128}$/),
        z
          .array(z.union([z.string().min(1).max(256), z.number(), z.boolean()]))
          .min(1)
          .max(16),
      )
      .refine((claims) => Object.keys(claims).length > 0),
    maxAgeSeconds,
  }),
])
const jwksSchema = z.object({
  keys: z
    .array(z.looseObject({ kid: z.string().optional() }))
    .min(1)
    .max(64),
})

/** Throws `config.invalid` that names fields, never a value. Each class once. */
export function parseReleaseSettings(values: readonly unknown[]): readonly ReleaseSettings[] {
  const settings = values.map((value) => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw invalid(`invalid setting: ${parsed.error.issues.map((issue) => issue.path.join('.') || 'kind').join(', ')}`)
  })
  const classes = new Set(settings.map((each) => each.objectClass))
  if (classes.size < settings.length) throw invalid('each objectClass once')
  return settings
}

/** Reads what the settings name. Throws `config.invalid`. */
export async function openReleaseRules(
  settings: readonly ReleaseSettings[],
  clock: Clock,
): Promise<readonly ReleaseRule[]> {
  return Promise.all(settings.map(async (each) => openRule(each, clock)))
}

async function openRule(settings: ReleaseSettings, clock: Clock): Promise<ReleaseRule> {
  const { objectClass: name, kind } = settings
  if (settings.kind === 'azure-attestation') {
    const { issuerKeysFile, ...expected } = settings
    // Read at every use: the issuer changes its keys, and whoever fetches them replaces the file.
    const keys = async (): Promise<readonly AttestationKey[]> => readIssuerKeys(issuerKeysFile)
    await keys()
    return {
      objectClass: name,
      kind,
      sha256: hash(expected),
      verify: createAzureVerifier({ ...expected, keys, clock }),
    }
  }
  const { rootCertificateFile, ...expected } = settings
  const rootCertificate = await readText(rootCertificateFile, 'rootCertificateFile')
  const root = parseRoot(rootCertificate)
  return {
    objectClass: name,
    kind,
    sha256: hash({ ...expected, root: root.fingerprint256 }),
    rootEndsAt: new Date(root.validTo),
    verify: createNitroVerifier({ ...expected, rootCertificate, clock }),
  }
}

function parseRoot(text: string): ReturnType<typeof parseCertificate> {
  try {
    return parseCertificate(Buffer.from(text))
  } catch (cause) {
    throw invalid('rootCertificateFile is not a certificate', cause)
  }
}

async function readIssuerKeys(file: string): Promise<readonly AttestationKey[]> {
  const text = await readText(file, 'issuerKeysFile')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Without its cause, which quotes the file.
    throw invalid('issuerKeysFile is not JSON')
  }
  const parsed = jwksSchema.safeParse(json)
  if (!parsed.success) throw invalid('issuerKeysFile is not a set of keys (RFC 7517)')
  return parsed.data.keys as readonly AttestationKey[]
}

async function readText(file: string, field: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid(`${field} cannot be read`, cause)
  })
}

/** The same for the same settings, in whatever order they were written. */
function hash(expected: object): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return createHash('sha256').update(JSON.stringify(expected, sorted)).digest('hex')
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('config.invalid', { message: `attested release: ${message}`, cause })
}
