import { constants, privateDecrypt, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDek } from '../dek.ts'
import { createEnvelope } from '../envelope.ts'
import { createLocalKekProvider } from '../providers/local/local-kek.ts'
import { flip, makeEnclave } from '../testing/attestation.ts'
import { makeCertificate } from '../testing/der.ts'
import { createMemoryDekStore } from '../testing/memory-dek-store.ts'
import { attestationRefused } from './attested.ts'
import type { Attested, AttestationVerifier } from './attested.ts'
import { createAzureVerifier } from './azure.ts'
import type { AttestationKey, AzurePolicy } from './azure.ts'
import { createNitroVerifier } from './nitro.ts'
import { requireAttestation } from './release.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const YEAR_MS = 365 * 86_400_000
const clock = { now: () => NOW }
const [FROM, TO] = [new Date(NOW.getTime() - YEAR_MS), new Date(NOW.getTime() + YEAR_MS)]
const REFUSED = { code: 'keys.attestation-refused' }
const NONCE = Buffer.alloc(32, 9)
const enclave = makeEnclave(NOW)
const { authority, image, leaf, leafOf, machine, makeDocument, root, zone } = enclave
const nitroPolicy = { rootCertificate: root.certificate, pcrs: { 0: [image.toString('hex')] }, clock }

describe('AWS Nitro: an attestation document', () => {
  const verify: AttestationVerifier = async (evidence) => createNitroVerifier(nitroPolicy)(evidence)

  test('that is good gives the nonce and the key of the enclave', async () => {
    const { nonce, publicKey } = await verify(makeDocument())
    expect(Buffer.from(nonce).equals(NONCE)).toBe(true)
    expect(publicKey?.equals(machine.publicKey)).toBe(true)
  })

  const strangers = authority('root')
  const oldZone = authority('zone', root, new Date(NOW.getTime() - 1000))
  const refusals: readonly (readonly [string, () => Buffer])[] = [
    ['another register', () => makeDocument({ change: { pcrs: new Map([[0, Buffer.alloc(48, 0xa2)]]) } })],
    ['a register of zeros (debug mode)', () => makeDocument({ change: { pcrs: new Map([[0, Buffer.alloc(48)]]) } })],
    ['no such register', () => makeDocument({ change: { pcrs: new Map([[1, image]]) } })],
    ['a register of another length', () => makeDocument({ change: { pcrs: new Map([[0, image.subarray(0, 32)]]) } })],
    ['an altered signature', () => flip(makeDocument(), -1)],
    ['an altered payload', () => flip(makeDocument(), 200)],
    ['another signer', () => makeDocument({ change: { certificate: leafOf(zone).certificate } })],
    [
      'another root of the same name',
      () => makeDocument({ change: { cabundle: [strangers.certificate, zone.certificate] } }),
    ],
    ['a chain that skips its middle', () => makeDocument({ change: { cabundle: [root.certificate] } })],
    ['no chain', () => makeDocument({ change: { cabundle: [] } })],
    ['an expired certificate', () => makeDocument({ signer: leafOf(zone, new Date(NOW.getTime() - 1000)) })],
    [
      'an expired authority',
      () => makeDocument({ signer: leafOf(oldZone), change: { cabundle: [root.certificate, oldZone.certificate] } }),
    ],
    ['a leaf that is an authority', () => makeDocument({ signer: zone, change: { cabundle: [root.certificate] } })],
    [
      'an authority that is a leaf',
      () =>
        makeDocument({
          signer: leafOf(leaf),
          change: { cabundle: [root.certificate, zone.certificate, leaf.certificate] },
        }),
    ],
    ['an old document', () => makeDocument({ change: { timestamp: NOW.getTime() - 301_000 } })],
    ['a document from the future', () => makeDocument({ change: { timestamp: NOW.getTime() + 60_000 } })],
    ['another digest', () => makeDocument({ change: { digest: 'SHA256' } })],
    ['another algorithm', () => makeDocument({ header: new Map([[1, -7]]) })],
    ['no nonce', () => makeDocument({ change: { nonce: null } })],
    ['no certificate', () => makeDocument({ change: { certificate: undefined } })],
    ['a key that is none', () => makeDocument({ change: { public_key: Buffer.from('key') } })],
    ['a document cut short', () => makeDocument().subarray(0, -1)],
    ['nothing', () => Buffer.of()],
  ]
  test.for(refusals)('with %s is refused', async ([, evidence]) => {
    await expect(verify(evidence())).rejects.toMatchObject(REFUSED)
  })

  test('needs a policy that names the image', () => {
    expect(() => createNitroVerifier({ ...nitroPolicy, pcrs: { 1: ['00'] } })).toThrow(expect.objectContaining(REFUSED))
  })
})

describe('Azure: an attestation token', () => {
  const issuerCertificate = makeCertificate({ name: 'maa', isAuthority: false, from: FROM, to: TO, kind: 'rsa' })
  const published: AttestationKey = { kid: 'k1', kty: 'RSA', x5c: [issuerCertificate.certificate.toString('base64')] }
  const seconds = NOW.getTime() / 1000
  const policy: AzurePolicy = {
    issuer: 'https://synthetic.attest.example',
    keys: async () => [published],
    attestationTypes: ['sevsnpvm'],
    claims: { 'x-ms-sevsnpvm-launchmeasurement': ['aa11'], 'x-ms-compliance-status': ['azure-compliant-cvm'] },
    clock,
  }
  const good: Readonly<Record<string, unknown>> = {
    iss: policy.issuer,
    iat: seconds - 10,
    nbf: seconds - 10,
    exp: seconds + 3600,
    'x-ms-attestation-type': 'sevsnpvm',
    'x-ms-compliance-status': 'azure-compliant-cvm',
    'x-ms-sevsnpvm-is-debuggable': false,
    'x-ms-sevsnpvm-launchmeasurement': 'aa11',
    'x-ms-runtime': {
      'client-payload': { nonce: NONCE.toString('base64') },
      keys: [machine.publicKey.export({ format: 'jwk' })],
    },
  }
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const make = (
    change: Readonly<Record<string, unknown>> = {},
    header: object = { alg: 'RS256', kid: 'k1', typ: 'JWT' },
    key: KeyObject = issuerCertificate.privateKey,
  ): Buffer => {
    const signed = `${encode(header)}.${encode({ ...good, ...change })}`
    return Buffer.from(`${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`)
  }
  const verify = async (evidence: Uint8Array, change: Partial<AzurePolicy> = {}): Promise<Attested> =>
    createAzureVerifier({ ...policy, ...change })(evidence)

  test('that is good gives the nonce and the key of the machine', async () => {
    const { nonce, publicKey } = await verify(make())
    expect(Buffer.from(nonce).equals(NONCE)).toBe(true)
    expect(publicKey?.equals(machine.publicKey)).toBe(true)
  })

  test('under a published key without a certificate is accepted too', async () => {
    const jwk = { ...issuerCertificate.publicKey.export({ format: 'jwk' }), kid: 'k1' }
    await expect(verify(make(), { keys: async () => [jwk] })).resolves.toBeDefined()
  })

  const [, claims] = make().toString().split('.')
  const refusals: readonly (readonly [string, () => Buffer])[] = [
    ['an altered measurement', () => make({ 'x-ms-sevsnpvm-launchmeasurement': 'bb22' })],
    ['no measurement', () => make({ 'x-ms-sevsnpvm-launchmeasurement': undefined })],
    ['another compliance', () => make({ 'x-ms-compliance-status': 'none' })],
    ['another type', () => make({ 'x-ms-attestation-type': 'sgx' })],
    ['debugging allowed', () => make({ 'x-ms-sevsnpvm-is-debuggable': true })],
    ['another issuer', () => make({ iss: 'https://other.attest.example' })],
    ['an end that has passed', () => make({ exp: seconds })],
    ['a start that has not come', () => make({ nbf: seconds + 60 })],
    ['too much age', () => make({ iat: seconds - 301 })],
    ['no times', () => make({ iat: undefined })],
    ['an altered signature', () => flip(make(), -5)],
    [
      'altered claims',
      () =>
        Buffer.from(
          make()
            .toString()
            .replace(`${claims}`, encode({ ...good, jti: '1' })),
        ),
    ],
    ['another signer', () => make({}, undefined, machine.privateKey)],
    ['an unknown key', () => make({}, { alg: 'RS256', kid: 'k2' })],
    ['algorithm none', () => make({}, { alg: 'none', kid: 'k1' })],
    ['a MAC for an algorithm', () => make({}, { alg: 'HS256', kid: 'k1' })],
    ['critical extensions', () => make({}, { alg: 'RS256', kid: 'k1', crit: ['x'] })],
    ['no nonce', () => make({ 'x-ms-runtime': {} })],
    ['a fourth part', () => Buffer.concat([make(), Buffer.from('.x')])],
    ['no JSON', () => Buffer.from('aaaa.bbbb.cccc')],
    ['nothing', () => Buffer.of()],
  ]
  test.for(refusals)('with %s is refused', async ([, evidence]) => {
    await expect(verify(evidence())).rejects.toMatchObject(REFUSED)
  })

  test('under an expired certificate of the issuer is refused', async () => {
    const to = new Date(NOW.getTime() - 1000)
    const expired = makeCertificate({ name: 'maa', isAuthority: false, from: FROM, to, kind: 'rsa' })
    const keys = async (): Promise<AttestationKey[]> => [{ kid: 'k1', x5c: [expired.certificate.toString('base64')] }]
    await expect(verify(make({}, undefined, expired.privateKey), { keys })).rejects.toMatchObject(REFUSED)
  })

  test('needs a policy that names a measurement', () => {
    expect(() => createAzureVerifier({ ...policy, claims: {} })).toThrow(expect.objectContaining(REFUSED))
  })
})

describe('attested key release', () => {
  const open = async (): Promise<{
    readonly release: ReturnType<typeof requireAttestation>
    readonly spent: string[]
    readonly spend: (nonce: Uint8Array) => Promise<void>
    readonly rotate: () => Promise<unknown>
    readonly close: () => Promise<void>
  }> => {
    const dir = await mkdtemp(join(tmpdir(), 'release-'))
    const provider = await createLocalKekProvider({ dir, environment: 'test' })
    const verify = createNitroVerifier(nitroPolicy)
    const spent: string[] = []
    const release = requireAttestation(provider, {
      findVerifier: ({ objectClass }) => (objectClass === 'model' ? verify : undefined),
    })
    const spend = async (nonce: Uint8Array): Promise<void> => {
      const id = Buffer.from(nonce).toString('hex')
      if (spent.includes(id)) throw attestationRefused('the nonce of the evidence was used before')
      spent.push(id)
    }
    return {
      release,
      spent,
      spend,
      rotate: async () => provider.rotate(),
      close: async () => rm(dir, { recursive: true }),
    }
  }
  const context = { environment: 'test', tenant: 'north', objectClass: 'model', use: 'data', dekId: 'd1' } as const

  test('gives the key to the attested machine only, encrypted to it', async () => {
    const { release, spend, close } = await open()
    const { record, key } = await createDek(context, release)
    const sealed = await release.release(record, makeDocument(), spend)
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    expect(privateDecrypt({ key: machine.privateKey, ...padding }, sealed).equals(key.export())).toBe(true)
    await close()
  })

  test('nobody else opens such a key, and other keys open as before', async () => {
    const { release, close } = await open()
    const envelope = createEnvelope({ environment: 'test', providers: [release], store: createMemoryDekStore(), clock })
    const place = { tenant: 'north', objectClass: 'note', table: 't', column: 'c', row: '1' }
    const sealed = await envelope.seal(place, Buffer.from('text'))
    envelope.forgetAll()
    expect(Buffer.from(await envelope.open(place, sealed)).toString()).toBe('text')
    const model = await envelope.seal({ ...place, objectClass: 'model' }, Buffer.from('text'))
    envelope.forgetAll()
    await expect(envelope.open({ ...place, objectClass: 'model' }, model)).rejects.toMatchObject(REFUSED)
    await close()
  })

  test('such a key is re-wrapped when the key above it rotates, and stays closed', async () => {
    const { release, rotate, spend, close } = await open()
    const envelope = createEnvelope({ environment: 'test', providers: [release], store: createMemoryDekStore(), clock })
    const { record, key } = await createDek(context, release)
    await rotate()
    const after = await envelope.rewrap(record)
    expect(after.wrapped.keyVersion).toBe('2')
    await expect(release.unwrap(after.wrapped, after)).rejects.toMatchObject(REFUSED)
    const sealed = await release.release(after, makeDocument(), spend)
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    expect(privateDecrypt({ key: machine.privateKey, ...padding }, sealed).equals(key.export())).toBe(true)
    await close()
  })

  test('evidence whose nonce was spent is refused', async () => {
    const { release, spend, close } = await open()
    const { record } = await createDek(context, release)
    await release.release(record, makeDocument(), spend)
    await expect(release.release(record, makeDocument(), spend)).rejects.toMatchObject(REFUSED)
    await close()
  })

  test('a document that is refused uses up no nonce', async () => {
    const { release, spend, spent, close } = await open()
    const { record } = await createDek(context, release)
    for (const document of [makeDocument({ change: { public_key: null } }), flip(makeDocument(), -1)]) {
      await expect(release.release(record, document, spend)).rejects.toMatchObject(REFUSED)
    }
    expect(spent).toEqual([])
    await close()
  })

  test('a key that is not of the policy, or was moved, is not released', async () => {
    const { release, spend, close } = await open()
    const { record } = await createDek(context, release)
    const other = { ...record, objectClass: 'note' }
    await expect(release.release(other, makeDocument(), spend)).rejects.toMatchObject(REFUSED)
    const moved = { ...record, tenant: 'south' }
    await expect(release.release(moved, makeDocument(), spend)).rejects.toMatchObject({ code: 'keys.corrupt' })
    await close()
  })
})
