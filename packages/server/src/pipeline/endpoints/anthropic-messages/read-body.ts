import type { Feature } from '@breakwater/contract'
import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import { isRecord, limits, MODEL_RULE, numbers, objectLists, objects, requireRules, typed } from '../openai/rules.ts'
import type { JsonObject, Rule } from '../openai/rules.ts'
import { MESSAGES_REQUEST } from './request-shape.ts'

const isTextOrBlocks = (value: unknown): boolean =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.every((block) => isRecord(block) && typeof block['type'] === 'string'))
const isMessage = (value: unknown): boolean =>
  isRecord(value) && typeof value['role'] === 'string' && isTextOrBlocks(value['content'])

const RULES: readonly Rule[] = [
  MODEL_RULE,
  {
    field: '/messages',
    rule: 'a list of messages with role and content, not empty',
    holds: ({ messages }) => Array.isArray(messages) && messages.length > 0 && messages.every(isMessage),
  },
  { field: '/max_tokens', rule: 'a whole number', holds: ({ max_tokens }) => Number.isInteger(max_tokens) },
  ...limits('max_tokens'),
  ...typed('a text or a list of texts', isTextOrBlocks, ['system']),
  ...typed('a boolean', (value) => typeof value === 'boolean', ['stream']),
  ...objectLists('tools'),
  ...numbers('temperature', 'top_p', 'top_k'),
  ...objects('metadata', 'tool_choice', 'thinking', 'output_config', 'cache_control'),
]

/** Throws `body.*` with a field of declared names and a rule, never a value. */
export function readMessagesBody(text: string, maxDepth: number): ParsedBody {
  const features = new Set<Feature>()
  const leaves = scanJson(text, { shape: MESSAGES_REQUEST, maxDepth, onFeature: (feature) => features.add(feature) })
  const body = requireRules(text, RULES)
  const { model, messages, stream, output_config: output } = body
  const isStream = stream === true
  if (isStream) features.add('stream')
  return {
    text,
    leaves,
    model: String(model),
    isStream,
    isJsonContent: isRecord(output) && isRecord(output['format']),
    toolNames: readToolNames(body),
    features: [...features].sort(),
    opening: JSON.stringify(Array.isArray(messages) ? messages[0] : undefined),
  }
}

function readToolNames({ tools }: JsonObject): ReadonlySet<string> {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : []
  return new Set(list.flatMap((tool) => (isRecord(tool) && typeof tool['name'] === 'string' ? [tool['name']] : [])))
}
