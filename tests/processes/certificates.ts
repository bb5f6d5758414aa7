import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from './commands.ts'

/** An authority and what it signed, as PEM files of one folder. */
export interface Authority {
  readonly caFile: string
  /** A certificate of this common name, for a client or for a server on this machine. */
  issue(name: string, days?: number): Promise<{ readonly certFile: string; readonly keyFile: string }>
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** With the openssl of the machine: another program than the one under test makes what it must accept. */
export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const dir = join(folder, name)
  await mkdir(dir, { recursive: true })
  const caFile = join(dir, 'ca.pem')
  const caKey = join(dir, 'ca.key')
  const own = ['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0', '-addext', 'keyUsage=critical,keyCertSign']
  const subject = ['-subj', `/CN=${name}`]
  await runCommand('openssl', [
    'req',
    '-x509',
    ...KEY,
    ...subject,
    ...own,
    '-days',
    '2',
    '-keyout',
    caKey,
    '-out',
    caFile,
  ])
  return {
    caFile,
    async issue(common, days = 2) {
      const path = (kind: string): string => join(dir, `${common}.${kind}`)
      const extensions = [
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=serverAuth,clientAuth',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
      ]
      await writeFile(path('ext'), extensions.join('\n'))
      const request = ['-subj', `/CN=${common}`, '-keyout', path('key'), '-out', path('csr')]
      await runCommand('openssl', ['req', '-new', ...KEY, ...request])
      const signed = ['-days', String(days), '-extfile', path('ext'), '-out', path('pem')]
      const by = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial']
      await runCommand('openssl', ['x509', '-req', '-in', path('csr'), ...by, ...signed])
      await chmod(path('key'), 0o600)
      return { certFile: path('pem'), keyFile: path('key') }
    },
  }
}
