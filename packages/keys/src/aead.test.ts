import { createPublicKey, createPrivateKey, createSecretKey, privateDecrypt, constants, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { NONCE_BYTES, TAG_BYTES, openBytes, openWithNonce, sealBytes, sealWithNonce } from './aead.ts'
import { fromHex, readVectorFile, readVectors } from './testing/vectors.ts'

interface GcmFields {
  readonly key: string
  readonly iv: string
  readonly aad: string
  readonly msg: string
  readonly ct: string
  readonly tag: string
}

/** Keys of 256, nonces of 96 and tags of 128 bits are all this product has. */
const isOurs = ({ key, iv, tag }: GcmFields): boolean =>
  key.length === 64 && iv.length === 2 * NONCE_BYTES && tag.length === 2 * TAG_BYTES
const gcm = readVectors<GcmFields>('aes-gcm')

describe('AES-256-GCM (NIST SP 800-38D; EN-01)', () => {
  test.for(gcm.filter(isOurs))('Wycheproof $tcId: $result', ({ key, iv, aad, msg, ct, tag, result }) => {
    const secret = createSecretKey(fromHex(key))
    const opened = openWithNonce(secret, fromHex(iv), fromHex(ct + tag), fromHex(aad))
    expect(opened?.toString('hex')).toBe(result === 'valid' ? msg : undefined)
    const sealed = sealWithNonce(secret, fromHex(iv), fromHex(msg), fromHex(aad)).toString('hex')
    expect(sealed === ct + tag).toBe(result === 'valid')
  })

  test.for(gcm.filter((vector) => !isOurs(vector)))(
    'Wycheproof $tcId, of another key or nonce size: never opens',
    ({ key, iv, aad, ct, tag }) => {
      const open = (): Buffer | undefined =>
        openWithNonce(createSecretKey(fromHex(key)), fromHex(iv), fromHex(ct + tag), fromHex(aad))
      if (key.length === 64) expect(open()).toBeUndefined()
      else if (iv.length === 2 * NONCE_BYTES) expect(open).toThrow('Invalid key length')
    },
  )

  test('tags of 4, 8, 12 and 15 bytes are refused, though GCM knows them', () => {
    const key = createSecretKey(Buffer.alloc(32, 1))
    const sealed = sealBytes(key, Buffer.from('text'), Buffer.of())
    for (const tagBytes of [4, 8, 12, 15]) {
      expect(openBytes(key, sealed.subarray(0, sealed.length - TAG_BYTES + tagBytes), Buffer.of())).toBeUndefined()
    }
  })
})

describe('Ed25519 (RFC 8032), which signs the log', () => {
  test.for(readVectors<{ publicKey: string; msg: string; sig: string }>('ed25519'))(
    'Wycheproof $tcId: $result',
    ({ publicKey, msg, sig, result }) => {
      const x = fromHex(publicKey).toString('base64url')
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      expect(verify(null, fromHex(msg), key, fromHex(sig))).toBe(result === 'valid')
    },
  )
})

describe('RSA-OAEP with SHA-256 (RFC 8017), by which keys are released to an attested machine', () => {
  const { privateKeyPkcs8, tests } = readVectorFile<
    { msg: string; ct: string; label: string },
    { privateKeyPkcs8: string }
  >('rsa-oaep')
  test.for(tests)('Wycheproof $tcId: $result', ({ msg, ct, label, result }) => {
    const key = createPrivateKey({ key: fromHex(privateKeyPkcs8), format: 'der', type: 'pkcs8' })
    const open = (): string =>
      privateDecrypt(
        {
          key,
          oaepHash: 'sha256',
          padding: constants.RSA_PKCS1_OAEP_PADDING,
          ...(label !== '' && { oaepLabel: fromHex(label) }),
        },
        fromHex(ct),
      ).toString('hex')
    if (result === 'valid') expect(open()).toBe(msg)
    else expect(open).toThrow()
  })
})
