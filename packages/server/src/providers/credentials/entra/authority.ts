import type { ProviderSettings } from '@breakwater/contract'
import type { AdapterOptions } from '../../options.ts'
import { createProviderPool, readBaseUrl } from '../../transport/index.ts'
import type { Assertion } from './assertion.ts'
import { requestToken } from './request-token.ts'
import type { Grant } from './grant.ts'

const AUTHORITY = 'https://login.microsoftonline.com'

/** Client credentials at the directory's token endpoint, with a signed assertion instead of a secret (RFC 7523). */
export function createAuthorityGrant(
  { directoryId = '', clientId = '' }: ProviderSettings,
  scope: string,
  assertion: Assertion,
  options: AdapterOptions,
): Grant {
  const { authority = AUTHORITY, allowedAddresses = [] } = options.entra ?? {}
  const place = { baseUrl: authority, isInternal: allowedAddresses.length > 0, allowedAddresses }
  const url = readBaseUrl(place)
  const path = `/${encodeURIComponent(directoryId)}/oauth2/v2.0/token`
  const endpoint = url.origin + path
  // Its handshakes are not the provider's, and none of its pins or exceptions hold here.
  const { handshakes: _, ...poolOptions } = options
  const { pool } = createProviderPool(url, { ...place, tenant: '', id: '' }, { ...poolOptions, maxConnections: 2 })
  return async () => {
    const form = new URLSearchParams({
      client_id: clientId,
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(endpoint),
      grant_type: 'client_credentials',
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    return requestToken(pool, { origin: url.origin, path, method: 'POST', headers, body: form.toString() })
  }
}
