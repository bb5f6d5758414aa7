import { createHash, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { fixedClock } from '@breakwater/testkit'
import { describe, expect, test } from 'vitest'
import { startTlsServer } from '../http/server.ts'
import { ensureServerIdentity } from './local-ca.ts'
import { exportPrivateKey, makeKeyPair } from './make-identity.ts'

const NOW = new Date().toISOString()
const clock = fixedClock(NOW)
const DAY_MS = 86_400_000
const later = (days: number): ReturnType<typeof fixedClock> =>
  fixedClock(new Date(Date.parse(NOW) + days * DAY_MS).toISOString())

// Extensions in hex: object identifier, critical where it is, value. RFC 5280 section 4.2.1.
const AUTHORITY_CONSTRAINTS = '0603551d130101ff040830060101ff020100'
const NO_AUTHORITY = '0603551d130101ff04023000'
const MAY_SIGN_CERTIFICATES = '0603551d0f0101ff040403020204'
const MAY_SIGN_HANDSHAKES = '0603551d0f0101ff040403020780'
const SUBJECT_KEY_ID = /0603551d0e04160414([0-9a-f]{40})/
const AUTHORITY_KEY_ID = '0603551d23041830168014'

/** SHA-1 of the key's bits, RFC 5280 section 4.2.1.2 (1): of a P-256 key the last 65 bytes. */
function identify(key: KeyObject): string {
  const bits = key.export({ format: 'der', type: 'spki' }).subarray(-65)
  return createHash('sha1').update(bits).digest('hex')
}

async function withDir(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-tls-'))
  try {
    await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function withServer(work: (port: number, ca: string) => Promise<void>): Promise<void> {
  await withDir(async (dir) => {
    const { certificate, key, caFile } = await ensureServerIdentity(dir, clock)
    const fetch = (): Response => new Response('ok')
    const server = await startTlsServer({ fetch, hostname: '127.0.0.1', port: 0, certificate, key })
    try {
      await work(server.port, await readFile(caFile, 'utf8'))
    } finally {
      await server.drain(0)
    }
  })
}

async function shake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options })
  try {
    await once(socket, 'secureConnect')
    return socket
  } finally {
    socket.destroy()
  }
}

describe('the server', () => {
  test('speaks TLS 1.3 with a hybrid post-quantum exchange to who trusts its authority (EN-09)', async () => {
    await withServer(async (port, ca) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ecdhCurve: 'X25519MLKEM768' })
      await once(socket, 'secureConnect')
      expect(socket.getProtocol()).toBe('TLSv1.3')
      expect(socket.authorized).toBe(true)
      socket.destroy()
    })
  })

  test.for<[string, ConnectionOptions]>([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['a finite-field group', { ecdhCurve: 'ffdhe2048' }],
  ])('refuses %s (EN-09)', async ([, options]) => {
    await withServer(async (port, ca) => {
      await expect(shake(port, { ca, ...options })).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_SSL|ECONN/),
      })
    })
  })

  test('is not trusted by who does not know its authority, nor under another name', async () => {
    await withServer(async (port, ca) => {
      await expect(shake(port, {})).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
      await expect(shake(port, { ca, servername: 'example.org' })).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      })
    })
  })
})

describe('the authority of a machine', () => {
  test('leaves certificates and the key of the server, and no key of its own', async () => {
    await withDir(async (dir) => {
      const { certificate, key } = await ensureServerIdentity(dir, clock)
      expect((await readdir(dir)).toSorted()).toEqual(['ca.pem', 'server.key', 'server.pem'])
      for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600)
      const authority = new X509Certificate(await readFile(join(dir, 'ca.pem')))
      expect(authority.ca).toBe(true)
      expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true)
      expect(new X509Certificate(certificate).subjectAltName).toBe(
        'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
      )
      const { asymmetricKeyDetails } = new X509Certificate(certificate).publicKey
      expect(asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
      expect(key).toContain('PRIVATE KEY')
    })
  })

  test('signs with a key that cannot be had', async () => {
    const { privateKey } = await makeKeyPair({ isExtractable: false })
    await expect(exportPrivateKey(privateKey)).rejects.toThrow('not extractable')
  })

  test('is bound to this machine by a critical name constraint, and signs no authority', async () => {
    await withDir(async (dir) => {
      await ensureServerIdentity(dir, clock)
      const der = new X509Certificate(await readFile(join(dir, 'ca.pem'))).raw.toString('hex')
      // RFC 5280 section 4.2.1.10: id-ce 30, critical, permitted [0] alone: dNSName [2] and two iPAddress [7] with masks.
      const localhost = `8209${Buffer.from('localhost').toString('hex')}`
      const ipv4 = '87087f000001ffffffff'
      const ipv6 = `8720${'00'.repeat(15)}01${'ff'.repeat(16)}`
      expect(der).toContain(`0603551d1e0101ff0441303fa03d300b${localhost}300a${ipv4}3022${ipv6}`)
      expect(der).toContain(AUTHORITY_CONSTRAINTS)
      expect(der).toContain(MAY_SIGN_CERTIFICATES)
      expect(der).not.toContain(AUTHORITY_KEY_ID)
    })
  })

  test('signs a certificate that is good for a server only', async () => {
    await withDir(async (dir) => {
      const made = await ensureServerIdentity(dir, clock)
      const certificate = new X509Certificate(made.certificate)
      const authority = new X509Certificate(await readFile(made.caFile))
      expect(certificate.checkIssued(authority)).toBe(true)
      expect(certificate.ca).toBe(false)
      // For X509Certificate the extended ones; 1.3.6.1.5.5.7.3.1 is serverAuth.
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
      const der = certificate.raw.toString('hex')
      expect(der).toContain(NO_AUTHORITY)
      expect(der).toContain(MAY_SIGN_HANDSHAKES)
      const [, authorityId = 'none'] = SUBJECT_KEY_ID.exec(authority.raw.toString('hex')) ?? []
      expect(authorityId).toBe(identify(authority.publicKey))
      expect(der).toContain(`${AUTHORITY_KEY_ID}${authorityId}`)
      expect(SUBJECT_KEY_ID.exec(der)?.[1]).toBe(identify(certificate.publicKey))
    })
  })

  test('is good from five minutes ago for 397 days, as is its certificate', async () => {
    await withDir(async (dir) => {
      const { certificate, caFile } = await ensureServerIdentity(dir, fixedClock('2026-01-02T03:04:05.000Z'))
      for (const pem of [certificate, await readFile(caFile)]) {
        const { validFromDate, validToDate } = new X509Certificate(pem)
        expect(validFromDate.toISOString()).toBe('2026-01-02T02:59:05.000Z')
        expect(validToDate.toISOString()).toBe('2027-02-03T03:04:05.000Z')
      }
    })
  })

  test('is kept while it has more than 30 days, and renewed with its certificate after', async () => {
    await withDir(async (dir) => {
      const first = await ensureServerIdentity(dir, clock)
      expect((await ensureServerIdentity(dir, later(366))).certificate).toBe(first.certificate)
      const ca = await readFile(first.caFile, 'utf8')
      const renewed = await ensureServerIdentity(dir, later(367))
      expect(renewed.certificate).not.toBe(first.certificate)
      expect(await readFile(first.caFile, 'utf8')).not.toBe(ca)
    })
  })

  test.for(['ca.pem', 'server.pem', 'server.key'])('is made anew when %s does not belong to it', async (name) => {
    await withDir(async (dir) => {
      await withDir(async (other) => {
        const first = await ensureServerIdentity(dir, clock)
        await ensureServerIdentity(other, clock)
        await writeFile(join(dir, name), await readFile(join(other, name)))
        expect((await ensureServerIdentity(dir, clock)).certificate).not.toBe(first.certificate)
      })
    })
  })
})
