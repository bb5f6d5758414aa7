import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A passkey's device in software, for tests: ES256, the user always verified. */
export interface SoftwareAuthenticator {
  create(options: Json): Json
  /** `tweak` spoils what is signed, as an attacker would. */
  get(options: Json, tweak?: AssertionTweak): Json
}

export interface AssertionTweak {
  readonly origin?: string
  readonly rpId?: string
  readonly isUserVerified?: boolean
  readonly challenge?: string
  readonly counter?: number
  /** Signs with another key. */
  readonly isForged?: boolean
}

type Json = Readonly<Record<string, unknown>>

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

export function createSoftwareAuthenticator(origin: string): SoftwareAuthenticator {
  const rpId = new URL(origin).hostname
  const id = randomBytes(16)
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const others = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let counter = 0

  return {
    create({ challenge }) {
      const clientData = describeClient('webauthn.create', String(challenge), origin)
      const data = Buffer.concat([
        authenticatorData(rpId, USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL, counter),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        coseKey(keys.publicKey),
      ])
      const attestation = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(data)],
      ])
      return credential(id, {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      })
    },

    get({ challenge }, tweak = {}) {
      counter = tweak.counter ?? counter + 1
      const clientData = describeClient('webauthn.get', tweak.challenge ?? String(challenge), tweak.origin ?? origin)
      const flags = tweak.isUserVerified === false ? USER_PRESENT : USER_PRESENT | USER_VERIFIED
      const data = authenticatorData(tweak.rpId ?? rpId, flags, counter)
      const signer = createSign('sha256').update(data).update(createHash('sha256').update(clientData).digest())
      const signature = signer.sign(tweak.isForged ? others.privateKey : keys.privateKey)
      return credential(id, {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      })
    },
  }
}

function describeClient(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

function credential(id: Buffer, response: Json): Json {
  const text = id.toString('base64url')
  return { id: text, rawId: text, type: 'public-key', response, clientExtensionResults: {} }
}

/** WebAuthn Level 3 section 6.1. */
function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count])
}

/** COSE_Key of ES256 (RFC 9053 section 7.1.1): kty EC2, alg -7, crv P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return cborMap([
    [Buffer.from([0x01]), Buffer.from([0x02])],
    [Buffer.from([0x03]), Buffer.from([0x26])],
    [Buffer.from([0x20]), Buffer.from([0x01])],
    [Buffer.from([0x21]), cborBytes(Buffer.from(x, 'base64url'))],
    [Buffer.from([0x22]), cborBytes(Buffer.from(y, 'base64url'))],
  ])
}

/** CBOR (RFC 8949), as far as these documents need it. */
function cborHead(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 0xff])
}
const cborText = (text: string): Buffer => Buffer.concat([cborHead(3, text.length), Buffer.from(text)])
const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes])
const cborMap = (pairs: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([cborHead(5, pairs.length), ...pairs.flat()])
