import { AppError } from '@breakwater/kernel'
import type { Clock } from '@breakwater/kernel'
import type { ProviderAdapter } from '../adapter.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { createTransport } from '../transport/index.ts'
import type { TransportOptions, TransportTarget, UpstreamRequest } from '../transport/index.ts'
import { createKeyFileCredentials, createRoleCredentials } from './credentials.ts'
import { toExceptionFailure } from './exceptions.ts'
import { requireServed } from '../chat/refusals.ts'
import type { BedrockApi } from './operations.ts'
import { OPERATIONS } from './operations.ts'
import { createSigner } from './sign.ts'
import type { Guardrail } from './write-converse.ts'

/** How AWS knows us. Files lie in the secrets folder. */
export type BedrockCredentials =
  | { readonly kind: 'role' }
  | { readonly kind: 'access-key' | 'bearer-key'; readonly file: string }

/** The part of a provider's row that is Bedrock's own. */
export interface BedrockSettings {
  /** Signatures name it, and so must the host. */
  readonly region: string
  readonly api: BedrockApi
  readonly credentials: BedrockCredentials
  readonly guardrail?: Guardrail
}

export interface BedrockOptions extends TransportOptions {
  readonly secretsDir?: string
  readonly clock: Clock
}

type Headers = NonNullable<UpstreamRequest['headers']>

/**
 * AWS Bedrock through Converse, InvokeModel or its endpoints of OpenAI's shape. Throws `provider.address-refused` for a
 * host of another region or one that may not be reached.
 */
export function createBedrock(
  target: TransportTarget,
  settings: BedrockSettings,
  options: BedrockOptions,
): ProviderAdapter {
  const transport = createTransport(target, options)
  const host = new URL(transport.origin).hostname
  requireRegion(host, settings.region)
  const headers = createHeaders(host, settings, options)
  const operations = OPERATIONS[settings.api]
  return {
    serves: (endpoint) => Object.hasOwn(operations, endpoint),
    /** Throws `body.*` and `provider.rejected` before anything is sent, then what the transport throws. */
    async send(call, sendOptions) {
      const write = requireServed(operations, call.endpoint)
      const { path, body, dialect } = write({ ...call, isStream: sendOptions.isStream }, settings.guardrail)
      return transport.send(
        { path: `${transport.basePath}${path}`, body, headers, dialect: { ...dialect, readFailure } },
        sendOptions,
      )
    },
    close: async () => transport.close(),
  }
}

// AWS's hosts end in their region and the domain: bedrock-runtime.eu-west-1.amazonaws.com, bedrock-mantle.eu-west-1.api.aws.
const AWS_HOST =
  /(?:^|\.)bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/

function requireRegion(host: string, region: string): void {
  const found = AWS_HOST.exec(host)?.[1]
  if (found === undefined || found === region) return
  throw new AppError('provider.address-refused', { message: "the provider's host is not in the region of its row" })
}

function createHeaders(host: string, { region, credentials }: BedrockSettings, options: BedrockOptions): Headers {
  const { secretsDir, clock } = options
  if (credentials.kind === 'bearer-key') {
    const readKey = createApiKeyReader(secretsDir, credentials.file)
    return async () => ({ authorization: `Bearer ${await readKey()}` })
  }
  const service = host.startsWith('bedrock-mantle') ? 'bedrock-mantle' : 'bedrock'
  const keys =
    credentials.kind === 'role' ? createRoleCredentials() : createKeyFileCredentials(secretsDir, credentials.file)
  return createSigner({ service, region, credentials: keys, clock })
}

/** AWS names the error in a header, where the status does not say enough; the body's text stays where it is. */
const readFailure: NonNullable<NonNullable<UpstreamRequest['dialect']>['readFailure']> = ({ status, headers }) => {
  const type = headers['x-amzn-errortype']
  const name = typeof type === 'string' ? type.split(':', 1)[0] : undefined
  return SAYS_ENOUGH.has(status) || name === undefined || name === '' ? undefined : toExceptionFailure(name)
}

/** With these the transport also reads how long to wait. */
const SAYS_ENOUGH: ReadonlySet<number> = new Set([429, 503])
