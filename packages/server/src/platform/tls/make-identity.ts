// Before everything else: @peculiar/x509 does not load without it.
import 'reflect-metadata'
import { createPrivateKey, webcrypto } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** All in PEM. */
export interface Identity {
  /** The certificate of the authority. */
  readonly ca: string
  readonly certificate: string
  /** Of the server. */
  readonly key: string
}

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' }
const AUTHORITY = 'CN=Breakwater local authority'
const IS_CRITICAL = true

/**
 * A new authority and the certificate of a server that it signs (X.509 version 3, RFC 5280; ECDSA P-256 with SHA-256).
 * The authority's private key is not extractable and is forgotten when this returns.
 */
export async function makeIdentity(validity: Validity): Promise<Identity> {
  const authority = await makeKeyPair({ isExtractable: false })
  const server = await makeKeyPair({ isExtractable: true })
  const common = { ...validity, issuer: AUTHORITY, signingKey: authority.privateKey }
  const ca = await X509CertificateGenerator.create({
    ...common,
    subject: AUTHORITY,
    publicKey: authority.publicKey,
    extensions: [
      // May sign certificates of servers, and none that may sign others.
      new BasicConstraintsExtension(true, 0, IS_CRITICAL),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, IS_CRITICAL),
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
      constrainToLoopback(),
    ],
  })
  const certificate = await X509CertificateGenerator.create({
    ...common,
    subject: 'CN=localhost',
    publicKey: server.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, IS_CRITICAL),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, IS_CRITICAL),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  })
  return {
    ca: endLine(ca.toString('pem')),
    certificate: endLine(certificate.toString('pem')),
    key: await exportPrivateKey(server.privateKey),
  }
}

export async function makeKeyPair({ isExtractable }: { isExtractable: boolean }): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ECDSA, isExtractable, ['sign', 'verify'])
}

/** PKCS #8 in PEM. Rejects for a key that is not extractable. */
export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** Everything but this machine is invalid, whoever got hold of the authority's key: RFC 5280 section 4.2.1.10. */
function constrainToLoopback(): Extension {
  const names = [{ dNSName: 'localhost' }, { iPAddress: '127.0.0.1/32' }, { iPAddress: '::1/128' }]
  const permitted = names.map((name) => new GeneralSubtree({ base: new GeneralName(name) }))
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) })
  return new Extension(id_ce_nameConstraints, IS_CRITICAL, AsnConvert.serialize(constraints))
}

function endLine(text: string): string {
  return `${text.trimEnd()}\n`
}
