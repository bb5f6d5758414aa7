import { constants, generateKeyPairSync, privateDecrypt, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDek } from '../dek.ts'
import { createEnvelope } from '../envelope.ts'
import { createLocalKekProvider } from '../providers/local/local-kek.ts'
import { encodeCbor } from '../testing/cbor-encode.ts'
import { makeCertificate } from '../testing/der.ts'
import type { Authority } from '../testing/der.ts'
import { createMemoryDekStore } from '../testing/memory-dek-store.ts'
import type { Attested, AttestationVerifier } from './attested.ts'
import { createAzureVerifier } from './azure.ts'
import type { AttestationKey, AzurePolicy } from './azure.ts'
import type { Cbor } from './cbor.ts'
import { createMemoryChallenges } from './challenges.ts'
import { createNitroVerifier } from './nitro.ts'
import { requireAttestation } from './release.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const YEAR_MS = 365 * 86_400_000
const clock = { now: () => NOW }
const [FROM, TO] = [new Date(NOW.getTime() - YEAR_MS), new Date(NOW.getTime() + YEAR_MS)]
const REFUSED = { code: 'keys.attestation-refused' }
const NONCE = Buffer.alloc(32, 9)
const machine = generateKeyPairSync('rsa', { modulusLength: 2048 })

const authority = (name: string, issuer?: Authority, to = TO): Authority =>
  makeCertificate({ name, isAuthority: true, from: FROM, to, ...(issuer && { issuer }) })
const root = authority('root')
const zone = authority('zone', root)
const leafOf = (issuer: Authority, to = TO): Authority =>
  makeCertificate({ name: 'enclave', issuer, isAuthority: false, from: FROM, to })
const leaf = leafOf(zone)
const image = Buffer.alloc(48, 0xa1)
const nitroPolicy = { rootCertificate: root.certificate, pcrs: { 0: [image.toString('hex')] }, clock }

interface DocumentOptions {
  readonly change?: Readonly<Record<string, Cbor | undefined>>
  readonly signer?: Authority
  readonly header?: Cbor
}

const makeDocument = ({ change = {}, signer = leaf, header = new Map([[1, -35]]) }: DocumentOptions = {}): Buffer => {
  const fields: Record<string, Cbor | undefined> = {
    module_id: 'i-synthetic-enc0',
    digest: 'SHA384',
    timestamp: NOW.getTime(),
    pcrs: new Map<number, Cbor>([
      [0, image],
      [1, Buffer.alloc(48, 0xb2)],
    ]),
    certificate: signer.certificate,
    cabundle: [root.certificate, zone.certificate],
    public_key: machine.publicKey.export({ format: 'der', type: 'spki' }),
    user_data: null,
    nonce: NONCE,
    ...change,
  }
  const given = Object.entries(fields).filter((each): each is [string, Cbor] => each[1] !== undefined)
  const payload = encodeCbor(new Map(given))
  const protectedHeader = encodeCbor(header)
  const signed = encodeCbor(['Signature1', protectedHeader, Buffer.of(), payload])
  const signature = sign('sha384', signed, { key: signer.privateKey, dsaEncoding: 'ieee-p1363' })
  return encodeCbor([protectedHeader, new Map(), payload, signature])
}

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
    readonly time: { nowMs: number }
    readonly close: () => Promise<void>
  }> => {
    const dir = await mkdtemp(join(tmpdir(), 'release-'))
    const provider = await createLocalKekProvider({ dir, environment: 'test' })
    const time = { nowMs: NOW.getTime() }
    const challenges = createMemoryChallenges({ now: () => new Date(time.nowMs) })
    const release = requireAttestation(provider, {
      challenges,
      verify: createNitroVerifier(nitroPolicy),
      appliesTo: ({ objectClass }) => objectClass === 'model',
    })
    return { release, time, close: async () => rm(dir, { recursive: true }) }
  }
  const answer = (nonce: Uint8Array): Buffer => makeDocument({ change: { nonce } })
  const context = { environment: 'test', tenant: 'north', objectClass: 'model', use: 'data', dekId: 'd1' } as const

  test('gives the key to the attested machine only, encrypted to it', async () => {
    const { release, close } = await open()
    const { record, key } = await createDek(context, release)
    const sealed = await release.release(record, answer(await release.challenge()))
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

  test('a replayed, an invented and a late nonce are refused', async () => {
    const { release, time, close } = await open()
    const { record } = await createDek(context, release)
    const nonce = await release.challenge()
    await release.release(record, answer(nonce))
    await expect(release.release(record, answer(nonce))).rejects.toMatchObject(REFUSED)
    await expect(release.release(record, answer(NONCE))).rejects.toMatchObject(REFUSED)
    const late = await release.challenge()
    time.nowMs += 121_000
    await expect(release.release(record, answer(late))).rejects.toMatchObject(REFUSED)
    await close()
  })

  test('a document without a key to encrypt to uses up no nonce', async () => {
    const { release, close } = await open()
    const { record } = await createDek(context, release)
    const nonce = await release.challenge()
    const keyless = makeDocument({ change: { nonce, public_key: null } })
    await expect(release.release(record, keyless)).rejects.toMatchObject(REFUSED)
    expect(await release.release(record, answer(nonce))).toHaveLength(256)
    await close()
  })

  test('a key that is not of the policy, or was moved, is not released', async () => {
    const { release, close } = await open()
    const { record } = await createDek(context, release)
    const other = { ...record, objectClass: 'note' }
    await expect(release.release(other, answer(await release.challenge()))).rejects.toMatchObject(REFUSED)
    const moved = { ...record, tenant: 'south' }
    await expect(release.release(moved, answer(await release.challenge()))).rejects.toMatchObject({
      code: 'keys.corrupt',
    })
    await close()
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const index = at < 0 ? bytes.length + at : at
  const flipped = Buffer.from(bytes)
  flipped.writeUInt8(flipped.readUInt8(index) ^ 1, index)
  return flipped
}
