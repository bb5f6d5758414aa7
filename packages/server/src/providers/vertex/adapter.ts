import { AppError } from '@breakwater/kernel'
import { createSseDecoder } from '../../platform/http/sse.ts'
import type { ProviderAdapter, ProviderTarget, SendOptions, UpstreamCall } from '../adapter.ts'
import { MESSAGES_DIALECT, passMessageEvents, readForMessages, writeMessages } from '../anthropic/index.ts'
import { editMembers } from '../chat/edit-members.ts'
import { requireServed } from '../chat/refusals.ts'
import { toChatWire } from '../chat/wire.ts'
import { SYSTEM_CLOCK } from '../options.ts'
import type { AdapterOptions } from '../options.ts'
import { createTransport } from '../transport/index.ts'
import type { WireDialect } from '../transport/index.ts'
import { createAuthorize } from './credentials.ts'
import { hostOf, requireLocation, toModelPath } from './location.ts'
import type { VertexPlace } from './location.ts'
import { GEMINI_DIALECT } from './read-gemini.ts'
import { readForGemini, writeGemini } from './write-gemini.ts'

type Call = UpstreamCall & Pick<SendOptions, 'isStream'> & { readonly sentAt: Date }

interface Operation {
  /** Below the model. */
  readonly operation: string
  readonly body: string
  readonly dialect: WireDialect
}

const CLAUDE_VERSION = 'vertex-2023-10-16'
/** The path says it. */
const SAID_BY_PATH: ReadonlySet<string> = new Set(['model'])

const toRawPredict = (isStream: boolean): string => (isStream ? ':streamRawPredict' : ':rawPredict')

/** Gemini, and Claude in its own dialect. */
const OPERATIONS: Readonly<Record<'anthropic' | 'google', Readonly<Record<string, (call: Call) => Operation>>>> = {
  google: {
    'chat.completions': ({ model, body, isStream, sentAt }) => {
      const request = readForGemini(body)
      return {
        operation: isStream ? ':streamGenerateContent?alt=sse' : ':generateContent',
        body: writeGemini(request, model),
        dialect: toChatWire({ answers: GEMINI_DIALECT, createDecoder: createSseDecoder, model, request, sentAt }),
      }
    },
  },
  anthropic: {
    'chat.completions': ({ model, body, isStream, sentAt }) => {
      const request = readForMessages(body)
      const head = { anthropic_version: CLAUDE_VERSION, ...(isStream && { stream: true }) }
      return {
        operation: toRawPredict(isStream),
        body: writeMessages({ head, request }),
        dialect: toChatWire({ answers: MESSAGES_DIALECT, createDecoder: createSseDecoder, model, request, sentAt }),
      }
    },
    'anthropic.messages': ({ body, isStream }) => ({
      operation: toRawPredict(isStream),
      body: editMembers(body, { without: SAID_BY_PATH, with: { anthropic_version: CLAUDE_VERSION } }),
      dialect: { readStream: (chunks) => passMessageEvents(chunks, createSseDecoder()) },
    }),
  },
}

const publisherOf = (model: string): keyof typeof OPERATIONS => (model.startsWith('claude-') ? 'anthropic' : 'google')

/**
 * Google Vertex AI. Throws `provider.address-refused` for a host of another location or one that may not be reached, and
 * `provider.credentials-refused`.
 */
export function createVertex(target: ProviderTarget, options: AdapterOptions = {}): ProviderAdapter {
  const { clock = SYSTEM_CLOCK } = options
  const place = readPlace(target)
  const transport = createTransport(
    { ...target, baseUrl: target.baseUrl ?? `https://${hostOf(place.location)}` },
    options,
  )
  requireLocation(new URL(transport.origin).hostname, place.location)
  const isOfWorkload = target.settings?.auth === 'workload-identity'
  const authorize = createAuthorize(isOfWorkload ? undefined : (target.apiKeyFile ?? ''), options.secretsDir)
  return {
    serves: (endpoint) => Object.values(OPERATIONS).some((operations) => Object.hasOwn(operations, endpoint)),
    /** Throws `body.*` and `provider.rejected` before anything is sent, then what the transport throws. */
    async send(call, sendOptions) {
      const publisher = publisherOf(call.model)
      const write = requireServed(OPERATIONS[publisher], call.endpoint)
      const path = transport.basePath + toModelPath(place, publisher, call.model)
      const { operation, body, dialect } = write({ ...call, isStream: sendOptions.isStream, sentAt: clock.now() })
      return transport.send(
        { path: path + operation, body, dialect, headers: async () => ({ authorization: await authorize() }) },
        sendOptions,
      )
    },
    close: async () => transport.close(),
  }
}

/** The rules of the row's kind ask for both. */
function readPlace({ settings = {} }: ProviderTarget): VertexPlace {
  const { project, location } = settings
  if (project !== undefined && location !== undefined) return { project, location }
  throw new AppError('provider.rejected', { message: 'the row names no project or no location' })
}
