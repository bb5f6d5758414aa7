import { AppError } from '@breakwater/kernel'
import type { ParsedBody } from '../../parsed-body.ts'
import { CHAT_REQUEST } from './request-shape.ts'
import { scanJson } from '../../walk/scan-json.ts'

interface Rule {
  readonly field: string
  readonly rule: string
  readonly holds: (body: Readonly<Record<string, unknown>>) => boolean
}

const MAX_CHOICES = 16

const isAbsent = (value: unknown): boolean => value === undefined || value === null
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isMessage = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value['role'] === 'string' &&
  (isAbsent(value['content']) || typeof value['content'] === 'string' || isPartList(value['content']))
const isPartList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((part) => isRecord(part) && typeof part['type'] === 'string')
const isChoiceCount = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_CHOICES

const typed =
  (rule: string, isOfType: (value: unknown) => boolean) =>
  (name: string): Rule => ({ field: `/${name}`, rule, holds: (body) => isAbsent(body[name]) || isOfType(body[name]) })

const NUMBERS = ['temperature', 'top_p', 'seed', 'presence_penalty', 'frequency_penalty']
const LIMITS = ['max_tokens', 'max_completion_tokens']
/** No model writes as many tokens; record numbers are longer. */
const MAX_LIMIT = 9_999_999
const STRINGS = ['user', 'safety_identifier', 'prompt_cache_key', 'service_tier', 'reasoning_effort', 'verbosity']
const OBJECTS = ['stream_options', 'response_format', 'metadata', 'logit_bias', 'prediction']

/** What later stages rely on, and the types of declared fields: a value in the wrong place is not somebody's setting. */
const RULES: readonly Rule[] = [
  {
    field: '/model',
    rule: 'a string that is not empty',
    holds: ({ model }) => typeof model === 'string' && model !== '',
  },
  {
    field: '/messages',
    rule: 'a list of messages with role and content, not empty',
    holds: ({ messages }) => Array.isArray(messages) && messages.length > 0 && messages.every(isMessage),
  },
  { field: '/stream', rule: 'a boolean', holds: ({ stream }) => isAbsent(stream) || typeof stream === 'boolean' },
  { field: '/n', rule: `a whole number from 1 to ${MAX_CHOICES}`, holds: ({ n }) => isAbsent(n) || isChoiceCount(n) },
  {
    field: '/tools',
    rule: 'a list of objects',
    holds: ({ tools }) => isAbsent(tools) || (Array.isArray(tools) && tools.every(isRecord)),
  },
  ...NUMBERS.map(typed('a number', (value) => typeof value === 'number')),
  ...LIMITS.map(typed(`a number up to ${MAX_LIMIT}`, (value) => typeof value === 'number' && value <= MAX_LIMIT)),
  ...STRINGS.map(typed('a string', (value) => typeof value === 'string')),
  ...OBJECTS.map(typed('an object', isRecord)),
]

/** Fields whose use the ledger names. */
const FEATURES = ['tools', 'functions', 'response_format', 'prediction', 'metadata', 'stop', 'n'] as const

/** Throws `body.*` with a field of declared names and a rule, never a value. */
export function readChatBody(text: string, maxDepth: number): ParsedBody {
  const leaves = scanJson(text, { shape: CHAT_REQUEST, maxDepth })
  const body: unknown = JSON.parse(text)
  if (!isRecord(body)) throw refusal('', 'an object')
  for (const { field, rule, holds } of RULES) if (!holds(body)) throw refusal(field, rule)
  const { model, messages, stream, response_format: format } = body
  const isStream = stream === true
  return {
    text,
    leaves,
    model: String(model),
    isStream,
    isJsonContent: isRecord(format) && (format['type'] === 'json_object' || format['type'] === 'json_schema'),
    toolNames: readToolNames(body),
    features: [...(isStream ? ['stream'] : []), ...FEATURES.filter((name) => !isAbsent(body[name]))],
    opening: readOpening(messages),
  }
}

function readOpening(messages: unknown): string {
  const list: readonly unknown[] = Array.isArray(messages) ? messages : []
  const isSystem = (message: unknown): boolean =>
    isRecord(message) && (message['role'] === 'system' || message['role'] === 'developer')
  return JSON.stringify(list.find((message) => !isSystem(message)) ?? list[0])
}

function readToolNames({ tools, functions }: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const calls: readonly unknown[] = [
    ...(Array.isArray(tools) ? tools.map((tool: unknown) => (isRecord(tool) ? tool['function'] : undefined)) : []),
    ...(Array.isArray(functions) ? functions : []),
  ]
  return new Set(calls.flatMap((call) => (isRecord(call) && typeof call['name'] === 'string' ? [call['name']] : [])))
}

function refusal(field: string, rule: string): AppError {
  return new AppError('body.invalid', { message: `${field === '' ? 'the body' : field}: must be ${rule}`, field })
}
