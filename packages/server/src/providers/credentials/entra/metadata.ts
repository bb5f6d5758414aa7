import type { AdapterOptions } from '../../options.ts'
import { createProviderPool } from '../../transport/index.ts'
import { requestToken } from './request-token.ts'
import type { Grant } from './grant.ts'

const METADATA = 'http://169.254.169.254'
const VERSION = '2018-02-01'

/**
 * The managed identity of the machine, from Azure's instance metadata service. The one place where a metadata address is
 * spoken to: by this code alone, never by what a row names, and for this one path.
 */
export function createMetadataGrant(clientId: string | undefined, scope: string, options: AdapterOptions): Grant {
  const url = new URL(options.entra?.metadata ?? METADATA)
  const place = { baseUrl: url.origin, isInternal: true, allowedAddresses: [url.hostname], tenant: '', id: '' }
  const { pool } = createProviderPool(url, place, { maxConnections: 1, connectTimeoutMs: 2_000 })
  const query = new URLSearchParams({
    'api-version': VERSION,
    resource: scope.replace(/\/\.default$/, ''),
    ...(clientId !== undefined && { client_id: clientId }),
  })
  const path = `/metadata/identity/oauth2/token?${query.toString()}`
  return async () => requestToken(pool, { origin: url.origin, path, method: 'GET', headers: { metadata: 'true' } })
}
