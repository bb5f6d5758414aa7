import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@breakwater/kernel'
import { writeFileWhole } from '../home/write-file.ts'
import type { Identity } from './make-identity.ts'

export interface ServerIdentity {
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
  /** The file that clients are told to trust. */
  readonly caFile: string
}

const DAY_MS = 86_400_000
// The longest that clients of today take from a certificate of a server.
const VALID_DAYS = 397
const RENEW_DAYS = 30
// Clocks of client and server differ.
const BACKDATE_MS = 5 * 60_000

/**
 * The certificate of a server on this machine, made or renewed (with its authority) when 30 days or fewer are left. The
 * authority is good for localhost, 127.0.0.1 and ::1 alone, by a critical name constraint (RFC 5280 section 4.2.1.10),
 * and its private key never leaves the cryptographic module and is forgotten once it has signed: whoever reads the
 * folder cannot make another certificate that its users trust.
 */
export async function ensureServerIdentity(dir: string, clock: Clock): Promise<ServerIdentity> {
  const caFile = join(dir, 'ca.pem')
  const now = clock.now()
  const known = await readIdentity(dir)
  if (known && isFresh(known, now)) return { certificate: known.certificate, key: known.key, caFile }
  // Loaded when it is needed, about once a year: the other starts do not wait for it.
  const { makeIdentity } = await import('./make-identity.ts')
  const made = await makeIdentity({
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  })
  // The certificate last: an attempt that is cut off leaves files that do not belong together, and is made anew.
  await writeFileWhole(caFile, made.ca)
  await writeFileWhole(join(dir, 'server.key'), made.key)
  await writeFileWhole(join(dir, 'server.pem'), made.certificate)
  return { certificate: made.certificate, key: made.key, caFile }
}

async function readIdentity(dir: string): Promise<Identity | undefined> {
  try {
    const [ca, certificate, key] = await Promise.all(
      ['ca.pem', 'server.pem', 'server.key'].map((name) => readFile(join(dir, name), 'utf8')),
    )
    return ca && certificate && key ? { ca, certificate, key } : undefined
  } catch {
    return undefined
  }
}

function isFresh({ ca, certificate, key }: Identity, now: Date): boolean {
  try {
    const authority = new X509Certificate(ca)
    const server = new X509Certificate(certificate)
    const until = Math.min(authority.validToDate.getTime(), server.validToDate.getTime())
    if (until - now.getTime() <= RENEW_DAYS * DAY_MS) return false
    return server.verify(authority.publicKey) && server.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
