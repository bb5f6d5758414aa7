import type { ProviderSettings } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { createSseDecoder } from '../../platform/http/sse.ts'
import type { SendOptions, UpstreamCall } from '../adapter.ts'
import {
  FIRST_VERSION,
  MESSAGES_DIALECT,
  passMessageEvents,
  readForMessages,
  writeMessages,
} from '../anthropic/index.ts'
import { editMembers } from '../chat/edit-members.ts'
import { toChatWire } from '../chat/wire.ts'
import type { WireDialect } from '../transport/index.ts'
import { createChunkDecoder } from './chunk-decoder.ts'
import { createFrameDecoder } from './event-stream.ts'
import { LLAMA_DIALECT, readForLlama, writeLlama } from './llama.ts'
import { toModelPath, vendorOf } from './model-id.ts'
import { readConverse } from './read-converse.ts'
import { createConverseReader } from './read-converse-events.ts'
import type { Guardrail } from './write-converse.ts'
import { readForConverse, writeConverse } from './write-converse.ts'

type Shape = NonNullable<ProviderSettings['shape']>
type NativeRequest = UpstreamCall & Pick<SendOptions, 'isStream'> & { readonly sentAt: Date }

/** What goes out, below the base URL. */
interface Operation {
  readonly path: string
  readonly body: string
  readonly dialect?: WireDialect
  readonly headers?: Readonly<Record<string, string>>
}

type Write = (request: NativeRequest, guardrail: Guardrail | undefined) => Operation

const STREAM_TYPE = 'application/vnd.amazon.eventstream'
const ANTHROPIC_VERSION = 'bedrock-2023-05-31'
/** In a body of InvokeModel the path says these. */
const SAID_BY_PATH: ReadonlySet<string> = new Set(['model', 'stream'])

const converse: Write = ({ model, body, isStream, sentAt }, guardrail) => {
  const request = readForConverse(body)
  const answers = { readWhole: readConverse, createReader: createConverseReader }
  return {
    path: toModelPath(model, isStream ? 'converse-stream' : 'converse'),
    body: writeConverse(request, guardrail),
    dialect: {
      streamType: STREAM_TYPE,
      ...toChatWire({ answers, createDecoder: createFrameDecoder, model, request, sentAt }),
    },
  }
}

const invoke: Write = (native) => {
  const { model, body, sentAt } = native
  const vendor = vendorOf(model)
  if (vendor !== 'anthropic' && vendor !== 'meta') {
    throw new AppError('provider.rejected', { message: "the model's own dialect is not one that is spoken here" })
  }
  const isClaude = vendor === 'anthropic'
  const request = isClaude ? readForMessages(body) : readForLlama(body)
  const answers = isClaude ? MESSAGES_DIALECT : LLAMA_DIALECT
  return {
    path: toInvokePath(native),
    body: isClaude ? writeMessages({ head: { anthropic_version: ANTHROPIC_VERSION }, request }) : writeLlama(request),
    dialect: {
      streamType: STREAM_TYPE,
      ...toChatWire({ answers, createDecoder: createChunkDecoder, model, request, sentAt }),
    },
  }
}

const invokeMessages: Write = (native) => ({
  path: toInvokePath(native),
  body: editMembers(native.body, { without: SAID_BY_PATH, with: { anthropic_version: ANTHROPIC_VERSION } }),
  dialect: { streamType: STREAM_TYPE, readStream: (chunks) => passMessageEvents(chunks, createChunkDecoder()) },
})

function toInvokePath({ model, isStream }: NativeRequest): string {
  return toModelPath(model, isStream ? 'invoke-with-response-stream' : 'invoke')
}

const passTo =
  (path: string): Write =>
  ({ body }) => ({ path, body })

const MESSAGES = { path: '/anthropic/v1/messages', headers: { 'anthropic-version': FIRST_VERSION } }

/** Claude of these doors speaks no other dialect than its own. */
const chatOrMessages: Write = (native, guardrail) => {
  const { model, body, isStream, sentAt } = native
  if (vendorOf(model) !== 'anthropic') return passTo('/openai/v1/chat/completions')(native, guardrail)
  const request = readForMessages(body)
  return {
    ...MESSAGES,
    body: writeMessages({ head: { model, ...(isStream && { stream: true }) }, request }),
    dialect: toChatWire({ answers: MESSAGES_DIALECT, createDecoder: createSseDecoder, model, request, sentAt }),
  }
}

const openAiShaped: Readonly<Record<string, Write>> = {
  'chat.completions': chatOrMessages,
  responses: passTo('/openai/v1/responses'),
  // To the byte: thinking is signed.
  'anthropic.messages': ({ body }) => ({
    ...MESSAGES,
    body,
    dialect: { readStream: (chunks) => passMessageEvents(chunks, createSseDecoder()) },
  }),
}

/** Which of Bedrock's doors serves which endpoint, and how. What is not here is refused before anything is sent. */
export const OPERATIONS: Readonly<Record<Shape, Readonly<Record<string, Write>>>> = {
  converse: { 'chat.completions': converse },
  invoke: { 'chat.completions': invoke, 'anthropic.messages': invokeMessages },
  mantle: openAiShaped,
  'runtime-openai': openAiShaped,
}
