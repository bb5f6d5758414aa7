import type { ProviderSettings } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { SendOptions, UpstreamCall } from '../adapter.ts'
import { MESSAGES_DIALECT, passMessageEvents, readForMessages, writeMessages } from '../anthropic/index.ts'
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
type NativeRequest = UpstreamCall & Pick<SendOptions, 'isStream'>

/** What goes out, below the base URL. */
interface Operation {
  readonly path: string
  readonly body: string
  readonly dialect?: WireDialect
}

type Write = (request: NativeRequest, guardrail: Guardrail | undefined) => Operation

const STREAM_TYPE = 'application/vnd.amazon.eventstream'
const ANTHROPIC_VERSION = 'bedrock-2023-05-31'
/** In a body of InvokeModel the path says these. */
const SAID_BY_PATH: ReadonlySet<string> = new Set(['model', 'stream'])

const converse: Write = ({ model, body, isStream }, guardrail) => {
  const request = readForConverse(body)
  const answers = { readWhole: readConverse, createReader: createConverseReader }
  return {
    path: toModelPath(model, isStream ? 'converse-stream' : 'converse'),
    body: writeConverse(request, guardrail),
    dialect: {
      streamType: STREAM_TYPE,
      ...toChatWire({ answers, createDecoder: createFrameDecoder, model, request }),
    },
  }
}

const invoke: Write = (native) => {
  const { model, body } = native
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
    dialect: { streamType: STREAM_TYPE, ...toChatWire({ answers, createDecoder: createChunkDecoder, model, request }) },
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

const openAiShaped = {
  'chat.completions': passTo('/openai/v1/chat/completions'),
  responses: passTo('/openai/v1/responses'),
}

/** Which of Bedrock's doors serves which endpoint, and how. What is not here is refused before anything is sent. */
export const OPERATIONS: Readonly<Record<Shape, Readonly<Record<string, Write>>>> = {
  converse: { 'chat.completions': converse },
  invoke: { 'chat.completions': invoke, 'anthropic.messages': invokeMessages },
  mantle: openAiShaped,
  'runtime-openai': openAiShaped,
}
