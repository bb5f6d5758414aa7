import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface TestCertificate {
  readonly cert: string
  readonly key: string
  /** PEM, of the one who signed: itself. */
  readonly caFile: string
}

const SUBJECT = ['-subj', '/CN=loopback', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
const KIND = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2']

/** A certificate for 127.0.0.1, made by the openssl of this machine in the folder given. */
export async function createTestCertificate(dir: string): Promise<TestCertificate> {
  const [keyFile, caFile] = [join(dir, 'tls-key.pem'), join(dir, 'tls-cert.pem')]
  await promisify(execFile)('openssl', ['req', ...KIND, ...SUBJECT, '-keyout', keyFile, '-out', caFile])
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(caFile, 'utf8')])
  return { cert, key, caFile }
}

/** False where tests that need a certificate cannot run. In CI that throws. */
export function hasOpenssl(): boolean {
  const isThere = spawnSync('openssl', ['version']).status === 0
  if (!isThere && process.env['CI']) throw new Error('openssl is missing')
  return isThere
}
