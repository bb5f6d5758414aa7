import { startStrictServer } from './strict-server.ts'
import type { StrictAnswer, StrictRequest, StrictServer } from './strict-server.ts'

export interface OpenAiAccount {
  readonly apiKey: string
  readonly organization: string
  readonly project: string
  readonly models: readonly string[]
  /** What its model says, in pieces. */
  readonly says: readonly string[]
}

export interface OpenAiServer extends StrictServer {
  /** Bodies that it would keep: those that say so, and those that leave it to the settings of the account. */
  readonly stored: readonly string[]
}

/** A prompt that holds this is longer than the model reads. */
export const TOO_LONG_WORD = 'zztoolongzz'

/** As much of the parameters of a chat completion as our callers send here. A name off the list is refused, as there. */
const PARAMETERS = new Set(['max_completion_tokens', 'messages', 'model', 'store', 'stream', 'stream_options', 'tools'])

/**
 * OpenAI's chat completions: a bearer key with its organization and project, JSON, no parameter that it does not know,
 * errors in its shape, with the key's end and the prompt in their messages as it does.
 */
export async function startOpenAi(account: OpenAiAccount): Promise<OpenAiServer> {
  const stored: string[] = []
  const server = await startStrictServer((request) => {
    const answered = answer(request, account)
    if (answered.status === 200 && asBody(request.text)['store'] !== false) stored.push(request.text)
    return answered
  })
  return { ...server, stored }
}

function answer({ method, path, headers, text }: StrictRequest, account: OpenAiAccount): StrictAnswer {
  if (path !== '/v1/chat/completions') return refuse(404, 'unknown_url', `Unknown request URL: ${method} ${path}`)
  const { apiKey, organization, project, models, says } = account
  if (headers.authorization !== `Bearer ${apiKey}`) {
    return refuse(401, 'invalid_api_key', `Incorrect API key provided: ${String(headers.authorization).slice(-4)}`)
  }
  if (headers['openai-organization'] !== organization || headers['openai-project'] !== project) {
    return refuse(401, 'mismatched_project', 'OpenAI-Project header should match project for API key')
  }
  if (headers['content-type'] !== 'application/json') return refuse(415, 'unsupported_media_type', 'JSON only')
  const body = asBody(text)
  const unknown = Object.keys(body).find((name) => !PARAMETERS.has(name))
  if (unknown !== undefined) return refuse(400, 'unknown_parameter', `Unknown parameter: '${unknown}'.`)
  const { model } = body
  if (typeof model !== 'string' || !models.includes(model)) {
    return refuse(404, 'model_not_found', `The model \`${String(model)}\` does not exist`)
  }
  if (text.includes(TOO_LONG_WORD)) {
    return refuse(400, 'context_length_exceeded', `This model's maximum context length is 8 tokens. ${text}`)
  }
  return body['stream'] === true ? stream(says, model) : whole(says, model)
}

function asBody(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}

function refuse(status: number, code: string, message: string): StrictAnswer {
  return { status, document: { error: { message, type: 'invalid_request_error', param: null, code } } }
}

const USAGE = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 }

function whole(says: readonly string[], model: string): StrictAnswer {
  const message = { role: 'assistant', content: says.join(''), refusal: null, annotations: [] }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  const head = { id: 'chatcmpl-openai', object: 'chat.completion', created: 1_700_000_000, model }
  return {
    status: 200,
    document: { ...head, choices, usage: USAGE, service_tier: 'default', system_fingerprint: 'fp' },
  }
}

/** The count comes in a chunk of its own, without choices. */
function stream(says: readonly string[], model: string): StrictAnswer {
  const head = { id: 'chatcmpl-openai', object: 'chat.completion.chunk', created: 1_700_000_000, model }
  const choice = (delta: object, reason: string | null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  })
  const chunks = [
    choice({ role: 'assistant', content: '', refusal: null }, null),
    ...says.map((content) => choice({ content }, null)),
    choice({}, 'stop'),
    { ...head, choices: [], usage: USAGE },
  ]
  return { status: 200, pieces: [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'] }
}
