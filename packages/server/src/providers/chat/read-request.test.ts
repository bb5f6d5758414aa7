import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONVERSATION, SCHEMA_FORMAT, TOOLS } from '../../testing/conversations.ts'
import { readForMessages } from '../anthropic/index.ts'
import { readForLlama } from '../bedrock/llama.ts'
import { readForConverse } from '../bedrock/write-converse.ts'
import { readForGemini, writeGemini } from '../vertex/write-gemini.ts'
import type { ChatRequest } from './request.ts'

const DIALECTS: Readonly<Record<string, (text: string) => ChatRequest>> = {
  Messages: readForMessages,
  Converse: readForConverse,
  Llama: readForLlama,
  Gemini: readForGemini,
}
const BRIEF = { model: 'm', messages: [{ role: 'user', content: 'hello' }] }

/** The code and the field of a refusal; undefined for a body that is read. */
function refusalOf(read: (text: string) => ChatRequest, body: object): string | undefined {
  try {
    read(JSON.stringify(body))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.message).not.toContain('SECRET')
    return `${error.code} ${error.field}`
  }
  return undefined
}

/** Members of a body, and the dialects that have a place for them; every other refuses them by name. */
const MEMBERS: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['temperature', 0.5, ['Messages', 'Converse', 'Llama', 'Gemini']],
  ['temperature', 1.5, ['Gemini']],
  ['top_p', 0.5, ['Messages', 'Converse', 'Llama', 'Gemini']],
  ['max_tokens', 5, ['Messages', 'Converse', 'Llama', 'Gemini']],
  ['max_completion_tokens', 5, ['Messages', 'Converse', 'Llama', 'Gemini']],
  ['stop', ['a'], ['Messages', 'Converse', 'Gemini']],
  ['stop', ['a', 'b', 'c', 'd', 'e', 'f'], ['Messages', 'Converse']],
  ['tools', TOOLS, ['Messages', 'Converse', 'Gemini']],
  ['response_format', SCHEMA_FORMAT, ['Messages', 'Converse', 'Gemini']],
  ['response_format', { type: 'json_object' }, ['Gemini']],
  ['user', 'SECRET', ['Messages']],
  ['safety_identifier', 'SECRET', ['Messages']],
  ['parallel_tool_calls', false, ['Messages']],
  ['seed', 1, ['Gemini']],
  ['presence_penalty', 1, ['Gemini']],
  ['frequency_penalty', 1, ['Gemini']],
  ['reasoning_effort', 'low', ['Messages', 'Gemini']],
  ['reasoning_effort', 'none', ['Gemini']],
  ['n', 2, []],
  ['logit_bias', { 50256: -100 }, []],
  ['logprobs', true, []],
  ['top_logprobs', 2, []],
  ['audio', { voice: 'SECRET' }, []],
  ['modalities', ['text', 'audio'], []],
  ['metadata', { a: 'SECRET' }, []],
  ['prediction', { type: 'content', content: 'SECRET' }, []],
  ['prompt_cache_key', 'SECRET', []],
  ['service_tier', 'priority', []],
  ['store', true, []],
  ['verbosity', 'low', []],
  ['functions', [{ name: 'SECRET' }], []],
  ['function_call', { name: 'SECRET' }, []],
  ['web_search_options', {}, []],
]

describe.each(Object.entries(DIALECTS))('a body for %s (GW-02)', (name, read) => {
  test.each(MEMBERS)('%s %j is carried or refused by its name', (member, value, carriedBy) => {
    const expected = carriedBy.includes(name) ? undefined : `body.feature-refused /${member}`
    expect(refusalOf(read, { ...BRIEF, [member]: value })).toBe(expected)
  })

  test('what asks for nothing needs no place', () => {
    const nothing = {
      n: 1,
      logprobs: false,
      store: false,
      modalities: ['text'],
      response_format: { type: 'text' },
      tool_choice: 'auto',
      parallel_tool_calls: true,
      presence_penalty: 0,
      service_tier: 'auto',
      metadata: null,
      stream_options: { include_usage: true },
    }
    expect(refusalOf(read, { ...BRIEF, ...nothing })).toBeUndefined()
  })

  test('a member that nobody declared is refused without its name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (other) => {
        fc.pre(!(other in BRIEF) && MEMBERS.every(([member]) => member !== other))
        fc.pre(!['stream', 'stream_options', 'tool_choice', 'prompt_cache_retention'].includes(other))
        expect(refusalOf(read, { ...BRIEF, [`SECRET${other}`]: 'SECRET' })).toBe('body.feature-refused ')
      }),
    )
  })
})

test.each(['constructor', 'toString', '__proto__'])('names that every object has are nobody’s: %s (GW-02)', (name) => {
  const text = `{"model":"m","messages":[{"role":"user","content":"a"}],"${name}":1}`
  expect(() => readForMessages(text)).toThrow(expect.objectContaining({ code: 'body.feature-refused' }))
  const role = `{"model":"m","messages":[{"role":"${name}","content":"a"}]}`
  expect(() => readForMessages(role)).toThrow(expect.objectContaining({ code: 'body.feature-refused' }))
  const effort = `{"model":"gemini-2.5-pro","messages":[{"role":"user","content":"a"}],"reasoning_effort":"${name}"}`
  expect(() => writeGemini(readForGemini(effort), 'gemini-2.5-pro')).toThrow(
    expect.objectContaining({ code: 'body.feature-refused' }),
  )
})

const [system, , user, assistant, resultA, resultB] = CONVERSATION
const withTools = { model: 'm', tools: TOOLS }

describe('a conversation (GW-02)', () => {
  test.each([
    ['instructions between turns', [user, system], 'body.feature-refused /messages/1/role'],
    [
      'no message of the user first',
      [{ role: 'assistant', content: 'a' }, user],
      'body.feature-refused /messages/0/role',
    ],
    [
      'no message of the user last',
      [user, { role: 'assistant', content: 'a' }],
      'body.feature-refused /messages/1/role',
    ],
    ['nothing but instructions', [system], 'body.feature-refused /messages/0/role'],
    ['an empty message', [{ role: 'user', content: ' ' }], 'body.feature-refused /messages/0/content'],
    ['a role of before', [{ role: 'function', name: 'a', content: 'b' }], 'body.feature-refused /messages/0/role'],
    ['a name', [{ role: 'user', name: 'SECRET', content: 'b' }], 'body.feature-refused /messages/0/name'],
    [
      'an image',
      [{ role: 'user', content: [{ type: 'image_url', image_url: 'SECRET' }] }],
      'body.feature-refused /messages/0/content/0',
    ],
    [
      'a mark on a part',
      [{ role: 'user', content: [{ type: 'text', text: 'a', SECRET: 1 }] }],
      'body.feature-refused /messages/0/content/0',
    ],
    ['a call that is not answered', [user, assistant, resultA], 'body.invalid /messages/2'],
    ['a call that is answered by words', [user, assistant, user], 'body.invalid /messages/2'],
    [
      'a result of no call',
      [user, { role: 'tool', tool_call_id: 'SECRET', content: 'a' }],
      'body.invalid /messages/1/tool_call_id',
    ],
    ['a result that comes twice', [user, assistant, resultA, resultB, resultA], 'body.invalid /messages/2'],
  ])('with %s is refused by its place', (_what, messages, refusal) => {
    expect(refusalOf(readForConverse, { ...withTools, messages })).toBe(refusal)
  })

  test.each(['[1]', '{"a":', '"SECRET"'])('with arguments that are no object is refused: %s', (text) => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'b', arguments: text } }]
    const messages = [user, { role: 'assistant', tool_calls }, { role: 'tool', tool_call_id: 'a', content: 'c' }]
    expect(refusalOf(readForMessages, { ...withTools, messages })).toBe(
      'body.invalid /messages/1/tool_calls/0/function/arguments',
    )
  })

  test('with calls needs their tools declared, where the vendor says so', () => {
    const body = { model: 'm', messages: CONVERSATION }
    expect(refusalOf(readForConverse, body)).toBe('body.invalid /tools')
    expect(refusalOf(readForMessages, body)).toBe('body.invalid /tools')
    expect(refusalOf(readForGemini, body)).toBeUndefined()
  })

  test('forbids its tools only where the dialect can', () => {
    const body = { ...withTools, messages: [user], tool_choice: 'none' }
    expect(refusalOf(readForConverse, body)).toBe('body.feature-refused /tool_choice')
    expect(refusalOf(readForMessages, body)).toBeUndefined()
    expect(refusalOf(readForGemini, body)).toBeUndefined()
  })
})
