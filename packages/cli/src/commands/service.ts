import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import {
  CLIENT_ALGORITHMS,
  retireKeyInputSchema,
  serviceInputSchema,
  serviceKeyInputSchema,
} from '@breakwater/contract'
import type { ServiceKey, ServiceRecord } from '@breakwater/contract'
import { readFile } from 'node:fs/promises'
import type { ApiClient } from '../api/client.ts'
import { createApiCommand } from '../api/command.ts'
import { readBody } from '../api/input.ts'
import type { Command, Given, Option } from '../command.ts'
import { describeKey } from '../connect/client-key.ts'
import { writePrivateFile } from '../connect/secret-files.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

const DAY_SECONDS = 86_400
const JWK: Option = { type: 'string', value: 'PATH', help: 'its public key as JWK, as `service keygen` prints it' }
const TTL: Option = { type: 'string', value: 'N', help: 'how long the key is good; 180 when left out' }

export const serviceCommands: readonly Command[] = [
  {
    name: 'service keygen',
    summary: 'a new key pair: the private key to a file, the public JWK to stdout',
    options: {
      out: { type: 'string', value: 'PATH', help: 'where the private key goes, mode 0600', isRequired: true },
      algorithm: { type: 'string', choices: [...CLIENT_ALGORITHMS], help: 'what it signs with', default: 'ES256' },
    },
    async run(given, { stdout }) {
      const algorithm = given.required('algorithm')
      const key = makeKey(algorithm)
      await writePrivateFile(given.required('out'), key.export({ format: 'pem', type: 'pkcs8' }).toString())
      stdout.write(`${JSON.stringify(describeKey(key, algorithm).jwk, null, 2)}\n`)
    },
  },
  createApiCommand({
    name: 'service list',
    summary: 'the services and their keys',
    options: {},
    async tell(client, _given, style) {
      const { services } = await client.call('listServices')
      return { json: services, lines: describeServices(services, style) }
    },
  }),
  createApiCommand({
    name: 'service register',
    summary: 'make a service principal a client of the token service, or change what it may',
    positionals: ['ID'],
    options: {
      scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'an action, or action:PURPOSE', isRequired: true },
      certificate: { type: 'string', multiple: true, value: 'X5T', help: 'SHA-256 of a client certificate, base64url' },
      'certificate-uri': { type: 'string', multiple: true, value: 'URI', help: 'a URI in its SubjectAltName' },
      jwk: JWK,
      'ttl-days': TTL,
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(serviceInputSchema, given, terminal, {
        options: { scopes: 'scope', certificates: 'certificate', certificateUris: 'certificate-uri' },
        read: () => ({
          scopes: given.list('scope'),
          certificates: given.list('certificate'),
          certificateUris: given.list('certificate-uri'),
        }),
      })
      const key = given.text('jwk') === undefined ? undefined : await readKey(given, terminal)
      await client.call('putService', { params: { id }, body })
      if (key) await client.call('addServiceKey', { params: { id }, body: key })
      const service = await client.call('getService', { params: { id } })
      return {
        json: service,
        lines: [style.good('registered'), `client id  ${service.clientId}`, ...describeKeys(service.keys, style)],
      }
    },
  }),
  createApiCommand({
    name: 'service keys',
    summary: 'the keys of a service, and until when each is good',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      const { keys } = await client.call('getService', { params: { id } })
      return { json: keys, lines: describeKeys(keys, style) }
    },
  }),
  createApiCommand({
    name: 'service rotate',
    summary: 'add a key; the others serve on for a grace, so that no request fails',
    positionals: ['ID'],
    options: {
      jwk: { ...JWK, isRequired: true },
      'ttl-days': TTL,
      'grace-seconds': { type: 'string', value: 'N', help: 'how long the old keys serve on; an hour when left out' },
    },
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const graceSeconds = given.integer('grace-seconds', { min: 0, max: 7 * DAY_SECONDS })
      const grace = retireKeyInputSchema.parse({ graceSeconds })
      const old = (await client.call('getService', { params: { id } })).keys
      const added = await client.call('addServiceKey', { params: { id }, body: await readKey(given, terminal) })
      await retireAll(client, id, old, grace)
      const { keys } = await client.call('getService', { params: { id } })
      return { json: { added, keys }, lines: [style.good('rotated'), ...describeKeys(keys, style)] }
    },
  }),
  createApiCommand({
    name: 'service disable',
    summary: 'the service gets no token any more, and those it has are refused',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('disableService', { params: { id } })
      return { json: { id, isDisabled: true }, lines: [style.good('disabled')] }
    },
  }),
]

function makeKey(algorithm: string): KeyObject {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519').privateKey
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  if (algorithm === 'ES384') return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
  return generateKeyPairSync('rsa', { modulusLength: 3_072 }).privateKey
}

async function readKey(given: Given, terminal: Terminal): Promise<ReturnType<typeof serviceKeyInputSchema.parse>> {
  let jwk: unknown
  try {
    jwk = JSON.parse(await readFile(given.text('jwk') ?? '', 'utf8'))
  } catch {
    throw new UsageError('--jwk is a file with one JWK')
  }
  return readBody(serviceKeyInputSchema, given, terminal, {
    options: { jwk: 'jwk', ttlDays: 'ttl-days' },
    read: () => ({ jwk, ttlDays: given.integer('ttl-days', { min: 1, max: 366 }) }),
  })
}

async function retireAll(
  client: ApiClient,
  id: string,
  keys: readonly ServiceKey[],
  body: { readonly graceSeconds: number },
): Promise<void> {
  for (const { kid } of keys) await client.call('retireServiceKey', { params: { id, kid }, body })
}

function describeKeys(keys: readonly ServiceKey[], style: Style): string[] {
  if (keys.length === 0) return [style.dim('no keys')]
  const rows = keys.map(({ kid, algorithm, createdAt, expiresAt }) => [kid, algorithm, createdAt, expiresAt])
  const [header = '', ...lines] = formatColumns(rows, ['KEY', 'ALGORITHM', 'SINCE', 'UNTIL'])
  return [style.dim(header), ...lines]
}

function describeServices(services: readonly ServiceRecord[], style: Style): string[] {
  if (services.length === 0) return [style.dim('no services')]
  const rows = services.map(({ clientId, isDisabled, keys, scopes }) => [
    clientId,
    isDisabled ? 'disabled' : 'active',
    String(keys.length),
    scopes.join(' '),
  ])
  const [header = '', ...lines] = formatColumns(rows, ['CLIENT', 'STATE', 'KEYS', 'SCOPES'])
  return [style.dim(header), ...lines]
}
