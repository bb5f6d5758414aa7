import type { Credentials } from '../../platform/http/credentials.ts'
import type { ServiceClient } from '../services/index.ts'

type Certificate = NonNullable<ReturnType<Credentials['clientCertificate']>>

/** Whether a certificate that the handshake proved is registered for a client, by hash or by a URI it is made out to. */
export function isRegistered(
  { sha256, subjectAltName }: Certificate,
  { certificates, certificateUris }: Pick<ServiceClient, 'certificates' | 'certificateUris'>,
): boolean {
  return certificates.includes(sha256) || readUris(subjectAltName).some((uri) => certificateUris.includes(uri))
}

/** Node quotes what it cannot list plainly (CVE-2021-44532): a quoted name is no URI of ours. */
function readUris(subjectAltName: string | undefined): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith('URI:'))
    .map((name) => name.slice(4))
}
