import { createSseDecoder } from '../../platform/http/sse.ts'
import type { ProviderAdapter, ProviderTarget, UpstreamCall } from '../adapter.ts'
import { parseAnswer } from '../chat/parse-answer.ts'
import { decodeText, toChatWire } from '../chat/wire.ts'
import { requireServed } from '../chat/refusals.ts'
import { toFields } from '../chat/json.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { SYSTEM_CLOCK } from '../options.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import type { WireDialect } from '../transport/index.ts'
import { requireBetas } from './betas.ts'
import { MESSAGES_DIALECT } from './dialect.ts'
import { passMessageEvents } from './pass-events.ts'
import { toFailure } from './stop-reasons.ts'
import { FIRST_VERSION, readForMessages, requireVersion, writeMessages } from './write-messages.ts'
import type { MessagesVersion } from './write-messages.ts'

interface Asked {
  readonly isStream: boolean
  readonly sentAt: Date
  readonly version: MessagesVersion
}

type Write = (call: UpstreamCall, asked: Asked) => { readonly body: string; readonly dialect: WireDialect }

const ENDPOINTS: Readonly<Record<string, Write>> = {
  'chat.completions': ({ model, body }, { isStream, sentAt, version }) => {
    const request = readForMessages(body, version)
    return {
      body: writeMessages({ head: { model, ...(isStream && { stream: true }) }, request }),
      dialect: toChatWire({ answers: MESSAGES_DIALECT, createDecoder: createSseDecoder, model, request, sentAt }),
    }
  },
  // To the byte: thinking is signed.
  'anthropic.messages': ({ body }) => ({
    body,
    dialect: { readStream: (chunks) => passMessageEvents(chunks, createSseDecoder()) },
  }),
}

/**
 * Anthropic's Messages API. Throws `provider.address-refused`, `provider.rejected` for a version that is not
 * spoken here, and `body.feature-refused` for a beta off the list.
 */
export function createAnthropic(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const { clock = SYSTEM_CLOCK } = options
  const { betas = [], version: named = FIRST_VERSION } = target.settings ?? {}
  const version = requireVersion(named)
  const transport = createTransport({ ...target, baseUrl: target.baseUrl ?? '' }, options)
  const readKey = createApiKeyReader(options.secretsDir, target.apiKeyFile ?? '')
  const beta = requireBetas(betas).join(',')
  const headers = async (): Promise<Record<string, string>> => ({
    'x-api-key': await readKey(),
    'anthropic-version': version,
    ...(beta !== '' && { 'anthropic-beta': beta }),
  })
  return {
    serves: (endpoint) => Object.hasOwn(ENDPOINTS, endpoint),
    /** Throws `body.*` and `provider.rejected` before anything is sent, then what the transport throws. */
    async send(call, sendOptions) {
      const { body, dialect } = requireServed(ENDPOINTS, call.endpoint)(call, {
        isStream: sendOptions.isStream,
        sentAt: clock.now(),
        version,
      })
      return transport.send(
        { path: `${transport.basePath}/v1/messages`, body, headers, dialect: { ...dialect, readFailure } },
        sendOptions,
      )
    },
    close: async () => transport.close(),
  }
}

/** The type of the error, where the body says one: 529 is `overloaded_error`. Its message stays where it is. */
const readFailure: NonNullable<WireDialect['readFailure']> = ({ status, body }) => {
  // With this one the transport also reads how long to wait.
  if (status === 429) return undefined
  const { error } = toFields(parseAnswer(decodeText(body)))
  return typeof toFields(error)['type'] === 'string' ? toFailure(error, false) : undefined
}
