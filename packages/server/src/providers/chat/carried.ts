import type { Fields } from './json.ts'
import { entryOf, isAbsent, toFields } from './json.ts'
import { notCarried } from './refusals.ts'

/** Members of a chat body beside its messages that a dialect may have a place for. */
export type Setting =
  | 'frequency_penalty'
  | 'max_tokens'
  | 'parallel_tool_calls'
  | 'presence_penalty'
  | 'reasoning_effort'
  | 'response_format.json_object'
  | 'response_format.json_schema'
  | 'seed'
  | 'stop'
  | 'temperature'
  | 'tool_choice'
  | 'tool_choice.none'
  | 'tools'
  | 'tools.strict'
  | 'top_p'
  | 'user'

/** Every dialect has a place for these. */
const ALWAYS: ReadonlySet<string> = new Set(['model', 'messages', 'stream', 'stream_options'])

/** Members that go where another goes. */
const SETTING_OF: Readonly<Record<string, Setting>> = {
  frequency_penalty: 'frequency_penalty',
  max_completion_tokens: 'max_tokens',
  max_tokens: 'max_tokens',
  parallel_tool_calls: 'parallel_tool_calls',
  presence_penalty: 'presence_penalty',
  reasoning_effort: 'reasoning_effort',
  safety_identifier: 'user',
  seed: 'seed',
  stop: 'stop',
  temperature: 'temperature',
  tools: 'tools',
  top_p: 'top_p',
  user: 'user',
}

/** Values by which a member asks for nothing: what every model does anyway. In JSON. */
const NEUTRAL: Readonly<Record<string, readonly string[]>> = {
  frequency_penalty: ['0'],
  function_call: ['"none"', '"auto"'],
  functions: ['[]'],
  logit_bias: ['{}'],
  logprobs: ['false'],
  metadata: ['{}'],
  modalities: ['["text"]'],
  n: ['1'],
  parallel_tool_calls: ['true'],
  presence_penalty: ['0'],
  response_format: ['{"type":"text"}'],
  service_tier: ['"auto"', '"default"'],
  store: ['false'],
  tool_choice: ['"auto"'],
  temperature: ['1'],
  tools: ['[]'],
  top_logprobs: ['0'],
  top_p: ['1'],
  verbosity: ['"medium"'],
}

/** Names that a refusal may say; others are the caller's own text. */
const DECLARED: ReadonlySet<string> = new Set([
  ...Object.keys(SETTING_OF),
  ...Object.keys(NEUTRAL),
  'audio',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_retention',
  'web_search_options',
])

/**
 * The members that go out. Refuses what a translation would lose: whatever is present, asks for something, and has no
 * place in `carries`. Throws `body.feature-refused` with the field.
 */
export function keepCarried(body: Fields, carries: ReadonlySet<Setting>): Fields {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => isCarried(name, value, carries)))
}

function isCarried(name: string, value: unknown, carries: ReadonlySet<Setting>): boolean {
  if (ALWAYS.has(name)) return true
  if (isAbsent(value)) return false
  const setting = settingOf(name, value)
  if (setting !== undefined && carries.has(setting)) return true
  if (entryOf(NEUTRAL, name)?.includes(JSON.stringify(value)) === true) return false
  if (DECLARED.has(name)) throw notCarried(`/${name}`)
  throw notCarried('', 'a member of the body is not one that can be carried')
}

function settingOf(name: string, value: unknown): Setting | undefined {
  if (name === 'tool_choice') return value === 'none' ? 'tool_choice.none' : 'tool_choice'
  if (name !== 'response_format') return entryOf(SETTING_OF, name)
  const { type } = toFields(value)
  if (type === 'json_object') return 'response_format.json_object'
  return type === 'json_schema' ? 'response_format.json_schema' : undefined
}
