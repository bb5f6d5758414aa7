import type { Feature } from '@breakwater/contract'
import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import type { JsonLeaf } from '../../walk/scan-json.ts'
import { scanned } from '../../walk/shape.ts'
import {
  booleans,
  choiceCounts,
  isAbsent,
  isRecord,
  limits,
  MODEL_RULE,
  numbers,
  objectLists,
  objects,
  requireRules,
  strings,
} from '../openai/rules.ts'
import type { JsonObject, Rule } from '../openai/rules.ts'
import { CHAT_REQUEST } from './request-shape.ts'

const isMessage = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value['role'] === 'string' &&
  (isAbsent(value['content']) || typeof value['content'] === 'string' || isPartList(value['content']))
const isPartList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((part) => isRecord(part) && typeof part['type'] === 'string')

/** What later stages rely on, and the types of declared fields: a value in the wrong place is not somebody's setting. */
const RULES: readonly Rule[] = [
  MODEL_RULE,
  {
    field: '/messages',
    rule: 'a list of messages with role and content, not empty',
    holds: ({ messages }) => Array.isArray(messages) && messages.length > 0 && messages.every(isMessage),
  },
  ...booleans('stream'),
  ...choiceCounts('n'),
  ...objectLists('tools'),
  ...numbers('temperature', 'top_p', 'seed', 'presence_penalty', 'frequency_penalty'),
  ...limits('max_tokens', 'max_completion_tokens'),
  ...strings('user', 'safety_identifier', 'prompt_cache_key', 'service_tier', 'reasoning_effort', 'verbosity'),
  ...objects('stream_options', 'response_format', 'metadata', 'logit_bias', 'prediction'),
]

/** Fields that stand for the feature of the same name. */
const FEATURES = ['tools', 'functions', 'prediction', 'metadata', 'stop', 'n'] as const satisfies readonly Feature[]

/** Throws `body.*` with a field of declared names and a rule, never a value. */
export function readChatBody(text: string, maxDepth: number): ParsedBody {
  const features = new Set<Feature>()
  const leaves = scanJson(text, { shape: CHAT_REQUEST, maxDepth, onFeature: (feature) => features.add(feature) })
  const body = requireRules(text, RULES)
  const { model, messages, stream, response_format: format } = body
  const isStream = stream === true
  const isJsonContent = isRecord(format) && (format['type'] === 'json_object' || format['type'] === 'json_schema')
  if (isStream) features.add('stream')
  if (isJsonContent) features.add('structured-output')
  for (const name of FEATURES) if (!isAbsent(body[name])) features.add(name)
  return {
    text,
    leaves: nameTools(leaves, messages),
    model: String(model),
    isStream,
    isJsonContent,
    toolNames: readToolNames(body),
    features: [...features].sort(),
    opening: readOpening(messages),
  }
}

/** The name of who says something is somebody's; of a tool's result it is the tool's. */
function nameTools(leaves: JsonLeaf[], messages: unknown): readonly JsonLeaf[] {
  const list: readonly unknown[] = Array.isArray(messages) ? messages : []
  const isToolNamed = (message: unknown): boolean =>
    isRecord(message) && (message['role'] === 'tool' || message['role'] === 'function') && 'name' in message
  if (!list.some(isToolNamed)) return leaves
  return leaves.map((leaf) => {
    const { key, parent } = leaf.path
    const isName = key === 'name' && typeof parent?.key === 'number' && parent.parent?.key === 'messages'
    return isName && isToolNamed(list[parent.key]) ? { ...leaf, path: { ...leaf.path, shape: scanned } } : leaf
  })
}

function readOpening(messages: unknown): string {
  const list: readonly unknown[] = Array.isArray(messages) ? messages : []
  const isSystem = (message: unknown): boolean =>
    isRecord(message) && (message['role'] === 'system' || message['role'] === 'developer')
  return JSON.stringify(list.find((message) => !isSystem(message)) ?? list[0])
}

function readToolNames({ tools, functions }: JsonObject): ReadonlySet<string> {
  const calls: readonly unknown[] = [
    ...(Array.isArray(tools) ? tools.map((tool: unknown) => (isRecord(tool) ? tool['function'] : undefined)) : []),
    ...(Array.isArray(functions) ? functions : []),
  ]
  return new Set(calls.flatMap((call) => (isRecord(call) && typeof call['name'] === 'string' ? [call['name']] : [])))
}
