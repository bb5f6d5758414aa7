import type { ProviderSettings } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter, ProviderTarget } from '../adapter.ts'
import { requireServed } from '../chat/refusals.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { SYSTEM_CLOCK } from '../options.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import type { UpstreamRequest } from '../transport/index.ts'
import { createKeyFileCredentials, createRoleCredentials } from './credentials.ts'
import { toExceptionFailure } from './exceptions.ts'
import { OPERATIONS } from './operations.ts'
import { createSigner } from './sign.ts'
import type { Guardrail } from './write-converse.ts'

interface Place {
  readonly region: string
  readonly shape: NonNullable<ProviderSettings['shape']>
}
type Headers = NonNullable<UpstreamRequest['headers']>

/**
 * AWS Bedrock through Converse, InvokeModel or its endpoints of OpenAI's shape. Throws `provider.address-refused` for a
 * host of another region or one that may not be reached.
 */
export function createBedrock(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const { clock = SYSTEM_CLOCK } = options
  const { settings = {} } = target
  const place = readPlace(settings)
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? hostOf(place) }, options)
  requireRegion(new URL(transport.origin).hostname, place.region)
  const headers = createHeaders(target, place, options)
  // AWS writes its base URLs with the path of that door.
  const basePath = transport.basePath.replace(/\/openai\/v1$/, '')
  const operations = OPERATIONS[place.shape]
  const guardrail = readGuardrail(settings)
  return {
    serves: (endpoint) => Object.hasOwn(operations, endpoint),
    /** Throws `body.*` and `provider.rejected` before anything is sent, then what the transport throws. */
    async send(call, sendOptions) {
      const write = requireServed(operations, call.endpoint)
      const operation = write({ ...call, isStream: sendOptions.isStream, sentAt: clock.now() }, guardrail)
      return transport.send(
        {
          path: basePath + operation.path,
          body: operation.body,
          headers: async (sent) => ({ ...operation.headers, ...(await headers(sent)) }),
          dialect: { ...operation.dialect, readFailure },
        },
        sendOptions,
      )
    },
    close: async () => transport.close(),
  }
}

/** The rules of the row's kind ask for both. */
function readPlace({ region, shape }: ProviderSettings): Place {
  if (region !== undefined && shape !== undefined) return { region, shape }
  throw new AppError('provider.rejected', { message: 'the row names no region or no shape' })
}

/** Throws `provider.rejected` where the row names one that could not be asked for: nothing goes without. */
function readGuardrail({ shape, guardrailId: id, guardrailVersion: version }: ProviderSettings): Guardrail | undefined {
  if (id === undefined && version === undefined) return undefined
  if (shape === 'converse' && id !== undefined && version !== undefined) return { id, version }
  throw new AppError('provider.rejected', { message: 'a guardrail has an id and a version, and the shape converse' })
}

function hostOf({ region, shape }: Place): string {
  return shape === 'mantle'
    ? `https://bedrock-mantle.${region}.api.aws`
    : `https://bedrock-runtime.${region}.amazonaws.com`
}

// AWS's hosts end in their region and the domain: bedrock-runtime.eu-west-1.amazonaws.com, bedrock-mantle.eu-west-1.api.aws.
const AWS_HOST =
  /(?:^|\.)bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/

function requireRegion(host: string, region: string): void {
  const found = AWS_HOST.exec(host)?.[1]
  if (found === undefined || found === region) return
  throw new AppError('provider.address-refused', { message: "the provider's host is not in the region of its row" })
}

function createHeaders(target: ProviderTarget, { region, shape }: Place, options: AdapterOptions): Headers {
  const { secretsDir, clock = SYSTEM_CLOCK } = options
  const file = target.apiKeyFile ?? ''
  const auth = target.settings?.auth
  if (auth === 'bearer-file') {
    const readKey = createApiKeyReader(secretsDir, file)
    return async () => ({ authorization: `Bearer ${await readKey()}` })
  }
  const service = shape === 'mantle' ? 'bedrock-mantle' : 'bedrock'
  const credentials = auth === 'role' ? createRoleCredentials() : createKeyFileCredentials(secretsDir, file)
  return createSigner({ service, region, credentials, clock })
}

/** AWS names the error in a header, where the status does not say enough; the body's text stays where it is. */
const readFailure: NonNullable<NonNullable<UpstreamRequest['dialect']>['readFailure']> = ({ status, headers }) => {
  const type = headers['x-amzn-errortype']
  const name = typeof type === 'string' ? type.split(':', 1)[0] : undefined
  return SAYS_ENOUGH.has(status) || name === undefined || name === '' ? undefined : toExceptionFailure(name)
}

/** With these the transport also reads how long to wait. */
const SAYS_ENOUGH: ReadonlySet<number> = new Set([429, 503])
