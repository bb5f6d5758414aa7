import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { toFields } from '../providers/shared/answer.ts'
import type { Fields } from '../providers/shared/answer.ts'
import type { TestCertificate } from './certificates.ts'
import { readBody, startFront } from './front.ts'
import type { Answer, Front } from './front.ts'

export interface RsaPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/**
 * A server of ours that follows the REST reference of Azure Key Vault (get, wrapkey, unwrapkey, the bearer challenge):
 * real RSA-OAEP-256, states, error envelopes. Like the service it wraps under a disabled key. It is not Microsoft's.
 */
export interface AzureVault {
  readonly front: Front
  /** The access token that it takes. */
  readonly token: string
  keyUrl(version: string): string
  /** Gives the version's name. */
  addVersion(fields?: Fields): string
  setEnabled(version: string, isEnabled: boolean): void
  /** The whole key: a version alone cannot be deleted. It can come back until it is purged. */
  deleteKey(isPurged: boolean): void
  recoverKey(): void
  /** Changes the next good answers, as another server would give them. */
  spoil(change: (answer: Fields) => Fields): void
}

interface Version extends RsaPair {
  isEnabled: boolean
  /** Over what a key has by itself. */
  readonly fields: Fields
}

const NAME = 'kek'
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const
const CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"'

export function createRsaPair(modulusLength = 3072): RsaPair {
  return generateKeyPairSync('rsa', { modulusLength })
}

/** Uses the pairs one after another, since they take long to make. */
export async function startAzureVault(tls: TestCertificate, pairs: readonly RsaPair[]): Promise<AzureVault> {
  const versions = new Map<string, Version>()
  const token = crypto.randomUUID()
  let state: 'there' | 'deleted' | 'purged' = 'there'
  let change = (answer: Fields): Fields => answer
  const keyUrl = (version: string): string => `${front.url}/keys/${NAME}/${version}`

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const body = (await readBody(request)).toString('utf8')
    if (request.headers.authorization !== `Bearer ${token}`) {
      return { ...failure(401, 'Unauthorized'), headers: { 'www-authenticate': CHALLENGE } }
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', front.url)
    if (!searchParams.has('api-version')) return failure(400, 'BadParameter')
    if (pathname === `/deletedkeys/${NAME}` && state === 'deleted')
      return ok({ recoveryId: `${front.url}${pathname}`, key: {} })
    const [, , name, version = '', operation] = pathname.split('/')
    const held = versions.get(version)
    if (name !== NAME || !held || state !== 'there') return failure(404, 'KeyNotFound')
    if (request.method === 'GET') return ok(change(describe(keyUrl(version), held)))
    const given = operate(operation, toFields(JSON.parse(body)), held)
    return Buffer.isBuffer(given) ? ok(change({ kid: keyUrl(version), value: given.toString('base64url') })) : given
  }
  const front = await startFront({
    tls,
    listener: (request, response) => {
      void answer(request).then(
        ({ status, headers, body }) =>
          response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
        () => response.destroy(),
      )
    },
    answers: {
      denied: failure(403, 'Forbidden', 'ForbiddenByRbac'),
      garbage: { status: 200, body: '{"kid":"elsewhere","value":"AAAA"}' },
      throttled: failure(429, 'Throttled'),
    },
  })
  return {
    front,
    token,
    keyUrl,
    addVersion(fields = {}) {
      const version = crypto.randomUUID().replaceAll('-', '')
      const pair = pairs[versions.size % pairs.length]
      if (pair) versions.set(version, { ...pair, isEnabled: true, fields })
      return version
    },
    setEnabled(version, isEnabled) {
      const held = versions.get(version)
      if (held) held.isEnabled = isEnabled
    },
    deleteKey(isPurged) {
      state = isPurged ? 'purged' : 'deleted'
    },
    recoverKey() {
      state = 'there'
    },
    spoil(next) {
      change = next
    },
  }
}

function describe(kid: string, { publicKey, isEnabled, fields }: Version): Fields {
  const { n, e } = publicKey.export({ format: 'jwk' })
  const operations = ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey']
  const key = { kid, kty: 'RSA', key_ops: operations, n, e, ...toFields(fields['key']) }
  const attributes = { enabled: isEnabled, created: 1767225600, updated: 1767225600, recoveryLevel: 'Recoverable' }
  return { key, attributes: { ...attributes, ...toFields(fields['attributes']) } }
}

function operate(
  operation: string | undefined,
  input: Fields,
  { publicKey, privateKey, isEnabled }: Version,
): Answer | Buffer {
  const value = Buffer.from(String(input['value']), 'base64url')
  if (input['alg'] !== 'RSA-OAEP-256') return failure(400, 'BadParameter')
  if (operation === 'wrapkey') return publicEncrypt({ key: publicKey, ...OAEP }, value)
  if (operation !== 'unwrapkey') return failure(404, 'NotFound')
  if (!isEnabled) return failure(403, 'Forbidden', 'KeyDisabled')
  try {
    return privateDecrypt({ key: privateKey, ...OAEP }, value)
  } catch {
    return failure(400, 'BadParameter')
  }
}

function ok(fields: Fields): Answer {
  return { status: 200, body: JSON.stringify(fields) }
}

export function failure(status: number, code: string, inner?: string): Answer {
  const innererror = inner === undefined ? undefined : { code: inner }
  return { status, body: JSON.stringify({ error: { code, message: 'names a user', innererror } }) }
}
