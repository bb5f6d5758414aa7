import { providerInputSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { expect, test } from 'vitest'
import { SCHEMA_FORMAT, TOOLS } from '../../testing/conversations.ts'
import { readForMessages } from '../anthropic/index.ts'
import { readForLlama } from '../bedrock/llama.ts'
import { readForConverse } from '../bedrock/write-converse.ts'
import { readForGemini } from '../vertex/write-gemini.ts'

const DIALECTS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['Messages 2023-06-01', readForMessages],
  ['Messages 2026-10-21', (text) => readForMessages(text, '2026-10-21')],
  ['Converse', readForConverse],
  ['Gemini', readForGemini],
  ['Llama (invoke)', readForLlama],
]

/** Each member with a value that asks for something. */
const ASKED: readonly (readonly [string, object])[] = [
  ['`max_tokens`, `max_completion_tokens`', { max_tokens: 5 }],
  ['`temperature` up to 1', { temperature: 0.5 }],
  ['`temperature` above 1', { temperature: 1.5 }],
  ['`top_p`', { top_p: 0.5 }],
  ['`stop`', { stop: ['a'] }],
  ['`stop`, more than five', { stop: ['a', 'b', 'c', 'd', 'e', 'f'] }],
  ['`seed`', { seed: 1 }],
  ['`presence_penalty`, `frequency_penalty`', { presence_penalty: 1 }],
  ['`tools` of functions', { tools: TOOLS }],
  ['`strict` of a tool', { tools: [{ type: 'function', function: { name: 'a', strict: true } }] }],
  ['`tool_choice`: required, a name', { tools: TOOLS, tool_choice: 'required' }],
  ['`tool_choice`: none', { tools: TOOLS, tool_choice: 'none' }],
  ['`parallel_tool_calls`: false', { parallel_tool_calls: false }],
  ['`response_format`: json_schema', { response_format: SCHEMA_FORMAT }],
  ['`response_format`: json_object', { response_format: { type: 'json_object' } }],
  ['`reasoning_effort`: low to high', { reasoning_effort: 'low' }],
  ['`reasoning_effort`: none', { reasoning_effort: 'none' }],
  ['`user`, `safety_identifier`', { user: 'a' }],
  ['`metadata`', { metadata: { a: 'b' } }],
  ['`n` above 1', { n: 2 }],
  ['`logit_bias`', { logit_bias: { 1: 1 } }],
  ['`logprobs`, `top_logprobs`', { logprobs: true }],
  ['`modalities` and `audio`', { modalities: ['text', 'audio'] }],
  ['`prediction`, `prompt_cache_key`', { prediction: { type: 'content', content: 'a' } }],
  ['`service_tier`: flex, priority', { service_tier: 'flex' }],
  ['`verbosity`: low, high', { verbosity: 'low' }],
  ['`functions`, `function_call`', { functions: [{ name: 'a' }] }],
  ['any other member', { anything: true }],
]

/** Rows as an administrator puts them. */
const ROWS: readonly (readonly [string, object])[] = [
  [
    'Bedrock, Converse, with the role of the workload',
    {
      kind: 'bedrock',
      isInternal: false,
      allowedAddresses: [],
      region: 'eu-west-1',
      models: ['claude'],
      upstreamModels: { claude: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' },
      settings: { auth: 'role', region: 'eu-west-1', shape: 'converse' },
    },
  ],
  [
    'Bedrock, the endpoints of OpenAI’s shape, with an access key in a file',
    {
      kind: 'bedrock',
      isInternal: false,
      allowedAddresses: [],
      models: ['openai.gpt-oss-120b-1:0'],
      apiKeyFile: 'aws.json',
      settings: { auth: 'access-key-file', region: 'us-east-1', shape: 'mantle' },
    },
  ],
  [
    'Anthropic',
    {
      kind: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      isInternal: false,
      allowedAddresses: [],
      models: ['claude-sonnet-5-5'],
      apiKeyFile: 'anthropic.key',
      settings: { version: '2023-06-01' },
    },
  ],
  [
    'Vertex AI, Gemini and Claude, with a service account’s key in a file',
    {
      kind: 'vertex',
      isInternal: false,
      allowedAddresses: [],
      models: ['gemini-2.5-pro', 'claude-sonnet-4-5@20250929'],
      apiKeyFile: 'google.json',
      settings: { auth: 'service-account-file', project: 'clinic-1', location: 'europe-west4' },
    },
  ],
]

function isCarried(read: (text: string) => unknown, asked: object): boolean {
  try {
    read(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a' }], ...asked }))
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'body.feature-refused') return false
    throw error
  }
}

function describeDialects(): string {
  const names = DIALECTS.map(([name]) => name)
  const table = [
    ['asked', ...names],
    ['---', ...names.map(() => '---')],
    ...ASKED.map(([what, asked]) => [what, ...DIALECTS.map(([, read]) => (isCarried(read, asked) ? 'yes' : ''))]),
  ].map((cells) => `| ${cells.join(' | ')} |`)
  const rows = ROWS.map(([what, row]) => `${what}:\n\n\`\`\`json\n${JSON.stringify(row, null, 2)}\n\`\`\``)
  return `${PROSE_BEFORE}\n${table.join('\n')}\n${PROSE_BEHIND}\n${rows.join('\n\n')}\n`
}

const PROSE_BEFORE = `# Chat completions and models that speak otherwise

A caller speaks OpenAI's \`chat.completions\`; Bedrock, Anthropic and Vertex AI have dialects of their own. Breakwater translates
behind the pipeline: what it translates is masked already, and what comes back is guarded in the caller's dialect. This page is
written by a test from what the code does.

## What is carried

What a dialect has a place for is carried. What it has no place for is refused before anything is sent, as
\`body.feature-refused\` with the field; nothing that asks for something is left out silently. A value that asks for nothing, such
as \`n: 1\` or \`logprobs: false\`, needs no place.
`

const PROSE_BEHIND = `
- A request without a limit of tokens gets 4,096 with Messages and 2,048 with Llama, because the vendor demands one or cuts
  answers short at its own.
- Instructions (\`system\`, \`developer\`) stand before the conversation. It begins and ends with the user; what one side says in
  several messages is one turn; every call is answered in the turn behind it. Whatever is otherwise is refused with its place.
- Arguments of calls and schemas go out with the numbers they came with: 1.0 stays 1.0, and twenty digits stay twenty.
- \`reasoning_content\` of earlier messages is left out: no model reads it without the vendor's signature.
- Llama through InvokeModel takes one text: a message with a mark such as \`<|eot_id|>\` would forge a turn, so it is refused.
- Gemini 3 wants calls of the past with a signature that this dialect cannot hold; it is told that there is none.

## What comes back

Text, calls with their ids, thoughts (as \`reasoning_content\`), the reason of the end, and tokens; the same whole and streamed, for
every split of the stream. Signatures and sealed thoughts are left out: they are for the vendor alone. A block, event, part or
reason that is not on the lists is \`provider.invalid-answer\`, and so is a stream that stops before its end. An error inside an
answer becomes a code; its text, and every header, stays behind.

\`anthropic.messages\` is served by Anthropic, by Claude on Bedrock (\`invoke\`, \`mantle\`, \`runtime-openai\`) and on Vertex AI: bodies
and documents pass to the byte, since thinking is signed, but for the members that the path says instead.

## Where a model is served

A profile of Bedrock for a continent (\`eu.\`) or the world (\`global.\`), and the location \`global\` of Vertex AI, count as that
place and not as the region of the address; of an application's own profile nobody knows, so no agreement for a place covers it.
A host of another region than the row's is refused.

## Rows
`

test('docs/dialects.md is what the code does (GW-02)', async () => {
  for (const [what, row] of ROWS) expect(providerInputSchema.safeParse(row).error, what).toBeUndefined()
  await expect(describeDialects()).toMatchFileSnapshot('../../../../../docs/dialects.md')
})
