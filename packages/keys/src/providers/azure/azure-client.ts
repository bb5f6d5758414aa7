import type { TokenCredential } from '@azure/identity'
import type { CryptographyClient, KeyClient, KeyClientOptions } from '@azure/keyvault-keys'
import { kekError } from '../../kek-provider.ts'
import { toFields } from '../shared/answer.ts'
import { createTlsAgent } from '../shared/tls.ts'
import type { KeyUrl } from './key-url.ts'

export interface AzureClient {
  readonly keys: KeyClient
  /** Kept for each version: the SDK reads the key once for each client. */
  forVersion(version: string): CryptographyClient
  close(): void
}

type Policies = NonNullable<KeyClientOptions['additionalPolicies']>
type Policy = Policies[number]['policy']
type Request = Parameters<Policy['sendRequest']>[0]

/** The SDK without its retries and redirects, over our TLS. */
export async function createAzureClient(
  { vaultUrl, keyName, isLocal }: KeyUrl,
  credential: TokenCredential,
  caFile: string | undefined,
): Promise<AzureClient> {
  const sdk = await import('@azure/keyvault-keys')
  const agent = await createTlsAgent(caFile)
  const policy: Policy = {
    name: 'breakwaterKeyPolicy',
    async sendRequest(request, next) {
      request.agent = agent
      const response = await next(request)
      if (response.status === 200) assertKid(request, response.bodyAsText)
      return response
    },
  }
  const keys = new sdk.KeyClient(vaultUrl, credential, {
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy, position: 'perRetry' }],
    // The challenge of a vault must name the vault's own domain; a server on loopback has none.
    disableChallengeResourceVerification: isLocal,
  })
  const byVersion = new Map<string, CryptographyClient>()
  return {
    keys,
    forVersion(version) {
      const held = byVersion.get(version) ?? keys.getCryptographyClient(keyName, { keyVersion: version })
      byVersion.set(version, held)
      return held
    },
    close: () => agent.destroy(),
  }
}

/** The answer must be of the very key we named; the SDK does not look. Throws `keys.unavailable`. */
function assertKid({ url }: Request, text: string | null | undefined): void {
  const { origin, pathname } = new URL(url)
  if (!pathname.startsWith('/keys/')) return
  const named = origin + pathname.replace(/\/(un)?wrapkey$/, '')
  const fields = parse(text)
  const kid = fields['kid'] ?? toFields(fields['key'])['kid']
  if (kid !== named) throw kekError('keys.unavailable')
}

function parse(text: string | null | undefined): ReturnType<typeof toFields> {
  try {
    return toFields(JSON.parse(text ?? ''))
  } catch {
    throw kekError('keys.unavailable')
  }
}
