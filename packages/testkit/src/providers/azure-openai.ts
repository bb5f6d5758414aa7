import { startStrictServer } from './strict-server.ts'
import type { StrictAnswer, StrictRequest, StrictServer } from './strict-server.ts'

export interface AzureResource {
  readonly deployments: readonly string[]
  readonly apiKey?: string
  /** Whether a bearer token was issued, for this audience, and still holds. */
  readonly isToken?: (token: string, scope: string) => boolean
  /** What its model says, in pieces. */
  readonly says?: readonly string[]
}

/** A prompt that holds this meets the resource's filter. */
export const FILTERED_WORD = 'zzfilteredzz'

const DATED_VERSIONS = ['2024-06-01', '2024-10-21', '2025-01-01-preview', '2025-04-01-preview']
const SAFE = { filtered: false, severity: 'safe' }
const FILTERS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }
const PROMPT_FILTERS = [
  { prompt_index: 0, content_filter_results: { ...FILTERS, jailbreak: { filtered: false, detected: false } } },
]

/**
 * One resource of Azure OpenAI: `/openai/v1/` with the deployment as model, and dated paths below a deployment; a key in
 * `api-key` or a token of Entra, and no other header for either; answers with the shapes of its content filter.
 */
export async function startAzureOpenAi(resource: AzureResource): Promise<StrictServer> {
  return startStrictServer((request) => answer(request, resource))
}

function answer(request: StrictRequest, resource: AzureResource): StrictAnswer {
  const { method, path, query, headers, text } = request
  const dated = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(path)
  const isV1 = path === '/openai/v1/chat/completions'
  if (!dated && !isV1) return refuse(404, '404', 'Resource not found')
  if (method !== 'POST') return refuse(405, '405', 'Method not allowed')
  const version = query.get('api-version')
  if (isV1 && version !== null && version !== 'preview' && version !== 'v1') return refuse(400, 'BadRequest', 'version')
  if (dated && !DATED_VERSIONS.includes(version ?? '')) return refuse(404, '404', 'Resource not found')
  if (!isLetIn(request, resource, isV1)) return refuse(401, '401', 'Access denied due to invalid subscription key')
  if (headers['content-type'] !== 'application/json') return refuse(415, 'UnsupportedMediaType', 'JSON only')
  const body = JSON.parse(text) as { model?: string; stream?: boolean; store?: boolean; messages?: unknown }
  const deployment = dated ? decodeURIComponent(dated[1] ?? '') : body.model
  if (deployment === undefined || !resource.deployments.includes(deployment)) {
    return refuse(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.')
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return refuse(400, 'invalid_request_error', 'messages')
  if (dated && 'store' in body) return refuse(400, 'unknown_parameter', 'Unrecognized request argument supplied: store')
  if (isV1 && body.store !== false) return refuse(400, 'stored', 'this resource of a test is to keep nothing')
  if (text.includes(FILTERED_WORD)) return refuseByFilter()
  const says = resource.says ?? ['Fine', '.']
  return body.stream === true ? stream(says, deployment) : whole(says, deployment)
}

function isLetIn({ headers }: StrictRequest, { apiKey, isToken }: AzureResource, isV1: boolean): boolean {
  const { authorization } = headers
  const key = headers['api-key']
  if (key !== undefined) return authorization === undefined && apiKey !== undefined && key === apiKey
  const scope = isV1 ? 'https://ai.azure.com' : 'https://cognitiveservices.azure.com'
  return authorization?.startsWith('Bearer ') === true && isToken?.(authorization.slice(7), scope) === true
}

function refuse(status: number, code: string, message: string): StrictAnswer {
  return { status, document: { error: { code, message } } }
}

function refuseByFilter(): StrictAnswer {
  const error = {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: {
        ...FILTERS,
        violence: { filtered: true, severity: 'medium' },
        jailbreak: { filtered: true, detected: true },
      },
    },
  }
  return { status: 400, document: { error } }
}

function whole(says: readonly string[], model: string): StrictAnswer {
  const message = { role: 'assistant', content: says.join(''), refusal: null, annotations: [] }
  const document = {
    id: 'chatcmpl-azure',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    system_fingerprint: 'fp_azure',
    prompt_filter_results: PROMPT_FILTERS,
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null, content_filter_results: FILTERS }],
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  }
  return { status: 200, document }
}

function stream(says: readonly string[], model: string): StrictAnswer {
  const head = { id: 'chatcmpl-azure', object: 'chat.completion.chunk', created: 1_700_000_000, model }
  const choice = (delta: unknown, finish_reason: string | null, filters: unknown): string =>
    toSse({
      ...head,
      choices: [{ index: 0, delta, finish_reason, logprobs: null, content_filter_results: filters }],
    })
  const pieces = [
    // Before all else, a chunk that holds the prompt's results only.
    toSse({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: PROMPT_FILTERS }),
    choice({ role: 'assistant', content: '', refusal: null }, null, {}),
    ...says.map((content) => choice({ content }, null, FILTERS)),
    choice({}, 'stop', {}),
    // The asynchronous filter speaks of a stretch of text, without a delta.
    toSse({
      ...head,
      choices: [
        {
          index: 0,
          finish_reason: null,
          logprobs: null,
          content_filter_results: FILTERS,
          content_filter_offsets: { check_offset: 0, start_offset: 0, end_offset: says.join('').length },
        },
      ],
    }),
    'data: [DONE]\n\n',
  ]
  return { status: 200, pieces }
}

function toSse(document: unknown): string {
  return `data: ${JSON.stringify(document)}\n\n`
}
