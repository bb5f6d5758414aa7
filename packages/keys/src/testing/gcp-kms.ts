import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { crc32c } from '../providers/gcp/crc32c.ts'
import { toFields } from '../providers/shared/answer.ts'
import type { Fields } from '../providers/shared/answer.ts'
import { readBody, send, startFront } from './front.ts'
import type { Answer, Front } from './front.ts'

type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROY_SCHEDULED' | 'DESTROYED'

/**
 * A server of ours that follows the REST reference of Cloud KMS v1 (encrypt, decrypt, get of a key and of a version) and
 * of the Security Token Service: real AES-256-GCM, checksums, states, error envelopes. It is not Google's.
 */
export interface GcpServer {
  readonly front: Front
  /** What an exchange at `/sts` asks for. */
  readonly subjectToken: string
  addVersion(): void
  setState(version: string, state: VersionState): void
  /** Changes the next answers, as a fault on their way would. */
  spoil(change: ((answer: Fields) => Fields) | undefined): void
}

interface Version {
  readonly key: Buffer
  state: VersionState
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export async function startGcpServer(keyName: string): Promise<GcpServer> {
  const versions: Version[] = []
  const subjectToken = randomBytes(16).toString('hex')
  const accessToken = randomBytes(16).toString('hex')
  let change: ((answer: Fields) => Fields) | undefined
  const nameOf = (number: number): string => `${keyName}/cryptoKeyVersions/${number}`
  const describe = (number: number): Fields => ({ name: nameOf(number), state: versions[number - 1]?.state })

  const encrypt = (input: Fields): Answer => {
    const version = versions.at(-1)
    if (version?.state !== 'ENABLED') return failure(400, 'FAILED_PRECONDITION')
    const [plaintext, data] = [readSummed(input, 'plaintext'), readSummed(input, 'additionalAuthenticatedData')]
    if (!plaintext || !data) return failure(400, 'INVALID_ARGUMENT')
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', version.key, nonce, { authTagLength: TAG_BYTES }).setAAD(data)
    const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
    const ciphertext = Buffer.concat([Buffer.from([versions.length]), nonce, ...sealed])
    return ok({
      name: nameOf(versions.length),
      ...withSum('ciphertext', ciphertext),
      verifiedPlaintextCrc32c: true,
      verifiedAdditionalAuthenticatedDataCrc32c: true,
      protectionLevel: 'SOFTWARE',
    })
  }
  const decrypt = (input: Fields): Answer => {
    const [ciphertext, data] = [readSummed(input, 'ciphertext'), readSummed(input, 'additionalAuthenticatedData')]
    const version = versions[(ciphertext?.[0] ?? 0) - 1]
    if (!ciphertext || !data || !version) return failure(400, 'INVALID_ARGUMENT')
    if (version.state !== 'ENABLED') return failure(400, 'FAILED_PRECONDITION')
    try {
      const nonce = ciphertext.subarray(1, 1 + NONCE_BYTES)
      const cipher = createDecipheriv('aes-256-gcm', version.key, nonce, { authTagLength: TAG_BYTES }).setAAD(data)
      cipher.setAuthTag(ciphertext.subarray(-TAG_BYTES))
      const opened = cipher.update(ciphertext.subarray(1 + NONCE_BYTES, -TAG_BYTES))
      const plaintext = Buffer.concat([opened, cipher.final()])
      return ok({ ...withSum('plaintext', plaintext), usedPrimary: version === versions.at(-1) })
    } catch {
      return failure(400, 'INVALID_ARGUMENT')
    }
  }
  const exchange = (form: URLSearchParams): Answer =>
    form.get('subject_token') === subjectToken
      ? ok({ access_token: accessToken, issued_token_type: 'urn:x', token_type: 'Bearer', expires_in: 3600 })
      : { status: 401, body: '{"error":"invalid_grant"}' }

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const body = (await readBody(request)).toString('utf8')
    if (pathname === '/sts') return exchange(new URLSearchParams(body))
    if (request.headers.authorization !== `Bearer ${accessToken}`) return failure(401, 'UNAUTHENTICATED')
    const path = pathname.replace('/v1/', '')
    if (path === `${keyName}:encrypt`) return encrypt(toFields(JSON.parse(body)))
    if (path === `${keyName}:decrypt`) return decrypt(toFields(JSON.parse(body)))
    if (path === keyName) return ok({ name: keyName, purpose: 'ENCRYPT_DECRYPT', primary: describe(versions.length) })
    const found = versions.findIndex((_, index) => path === nameOf(index + 1))
    return found < 0 ? failure(404, 'NOT_FOUND') : ok(describe(found + 1))
  }
  const front = await startFront({
    listener: (request, response) => {
      void answer(request).then(
        (given) => {
          const isChanged = change && given.status === 200 && request.url !== '/sts'
          send(response, isChanged ? ok(change?.(toFields(JSON.parse(given.body))) ?? {}) : given)
        },
        () => response.destroy(),
      )
    },
    answers: {
      denied: failure(403, 'PERMISSION_DENIED'),
      garbage: { status: 200, body: '<html>' },
      throttled: failure(429, 'RESOURCE_EXHAUSTED'),
    },
  })
  const addVersion = (): void => void versions.push({ key: randomBytes(32), state: 'ENABLED' })
  addVersion()
  return {
    front,
    subjectToken,
    addVersion,
    setState(version, state) {
      const held = versions[Number(version) - 1]
      if (held) held.state = state
    },
    spoil(next) {
      change = next
    },
  }
}

function ok(fields: Fields): Answer {
  return { status: 200, body: JSON.stringify(fields) }
}

export function failure(status: number, code: string): Answer {
  return { status, body: JSON.stringify({ error: { code: status, message: 'no', status: code } }) }
}

function withSum(name: string, bytes: Uint8Array): Fields {
  return { [name]: Buffer.from(bytes).toString('base64'), [`${name}Crc32c`]: String(crc32c(bytes)) }
}

/** Undefined when the checksum of the request does not fit. */
function readSummed(input: Fields, name: string): Buffer | undefined {
  const bytes = Buffer.from(String(input[name]), 'base64')
  return input[`${name}Crc32c`] === String(crc32c(bytes)) ? bytes : undefined
}
