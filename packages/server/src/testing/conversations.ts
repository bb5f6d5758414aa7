/** A conversation of two turns with calls of tools, as a client of OpenAI's sends it. All of it is made up. */
export const CONVERSATION = [
  { role: 'system', content: 'You are brief.' },
  { role: 'developer', content: [{ type: 'text', text: 'Answer in English.' }] },
  { role: 'user', content: 'How is NAME0123456789BC?', name: null },
  {
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: [
      {
        id: 'call_b',
        type: 'function',
        function: { name: 'vitals', arguments: '{"dose":1.0,"id":12345678901234567890}' },
      },
      { id: 'call_a', type: 'function', function: { name: 'labs', arguments: '' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call_a', content: '' },
  { role: 'tool', tool_call_id: 'call_b', content: [{ type: 'text', text: '{"pulse":72}' }] },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'And' },
      { type: 'text', text: 'now?' },
    ],
  },
]

export const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'vitals',
      description: 'Reads vital signs.',
      parameters: {
        type: 'object',
        properties: { dose: { type: 'number', maximum: 1.0 } },
        additionalProperties: false,
      },
    },
  },
  { type: 'function', function: { name: 'labs' } },
]

export const SCHEMA_FORMAT = {
  type: 'json_schema',
  json_schema: {
    name: 'triage',
    schema: {
      type: 'object',
      properties: { level: { type: 'integer' } },
      required: ['level'],
      additionalProperties: false,
    },
  },
}

/** What a model says to it: thought, text and two calls, one without arguments. */
export const SAID = {
  blocks: [
    { kind: 'thinking', text: 'The pulse is "fine" — 𝛼.' },
    { kind: 'text', text: 'I look at NAME0123456789BC again: 37 °C.' },
    { kind: 'call', id: 'toolu_01', name: 'vitals', input: { dose: 0.5, notes: ['a "b"', null, { c: 'ü' }] } },
    { kind: 'call', id: 'toolu_02', name: 'labs', input: {} },
  ],
  stop: 'call',
  usage: { read: 120, written: 34 },
} as const

/** When it is sent. */
export const SENT_AT = '2026-11-22T10:00:00Z'

/** What a client of OpenAI's makes of it, asked at `SENT_AT`. */
export function completionOf(model: string): object {
  const { read, written } = SAID.usage
  return {
    id: 'chatcmpl-0',
    object: 'chat.completion',
    created: Date.parse(SENT_AT) / 1_000,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'I look at NAME0123456789BC again: 37 °C.',
          refusal: null,
          reasoning_content: 'The pulse is "fine" — 𝛼.',
          tool_calls: [
            {
              id: 'toolu_01',
              type: 'function',
              function: { name: 'vitals', arguments: JSON.stringify(SAID.blocks[2].input) },
            },
            { id: 'toolu_02', type: 'function', function: { name: 'labs', arguments: '{}' } },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
  }
}
