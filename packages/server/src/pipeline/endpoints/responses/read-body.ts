import type { Feature } from '@breakwater/contract'
import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import type { JsonLeaf } from '../../walk/scan-json.ts'
import { appendMember } from '../openai/append-member.ts'
import {
  booleans,
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
import { RESPONSES_REQUEST } from './request-shape.ts'

const isItem = (value: unknown): boolean =>
  isRecord(value) && (typeof value['type'] === 'string' || typeof value['role'] === 'string')

const RULES: readonly Rule[] = [
  MODEL_RULE,
  {
    field: '/input',
    rule: 'a text, or a list of items with type or role, not empty',
    holds: ({ input }) =>
      typeof input === 'string' || (Array.isArray(input) && input.length > 0 && input.every(isItem)),
  },
  ...booleans('stream', 'store', 'parallel_tool_calls'),
  ...numbers('temperature', 'top_p'),
  ...limits('max_output_tokens', 'max_tool_calls'),
  ...strings('instructions', 'user', 'safety_identifier', 'prompt_cache_key', 'service_tier', 'truncation'),
  ...objects('metadata', 'reasoning', 'text', 'stream_options'),
  ...objectLists('tools'),
]

/**
 * Throws `body.*` with a field of declared names and a rule, never a value. The body that is masked and sent says
 * `"store":false`, whatever its sender said or did not: OpenAI's default is to keep request and answer, and what a
 * vendor keeps cannot be restored later.
 */
export function readResponsesBody(sent: string, maxDepth: number): ParsedBody {
  const features = new Set<Feature>()
  let store: { readonly start: number; readonly end: number } | undefined
  const scan = (text: string): JsonLeaf[] =>
    scanJson(text, {
      shape: RESPONSES_REQUEST,
      maxDepth,
      onFeature: (feature) => features.add(feature),
      onWord: (path, start, end) => {
        if (path.key === 'store' && path.parent && !path.parent.parent) store = { start, end }
      },
    })
  const leaves = scan(sent)
  const body = requireRules(sent, RULES)
  const text = store ? `${sent.slice(0, store.start)}false${sent.slice(store.end)}` : appendMember(sent, 'store', false)
  const isStream = body['stream'] === true
  const isJsonContent = isJsonFormat(body['text'])
  if (isStream) features.add('stream')
  if (isJsonContent) features.add('structured-output')
  for (const name of ['metadata', 'reasoning'] as const) if (!isAbsent(body[name])) features.add(name)
  return {
    text,
    // What is appended stands behind all of them.
    leaves: store && text !== sent ? scan(text) : leaves,
    model: String(body['model']),
    isStream,
    isJsonContent,
    toolNames: readToolNames(body),
    features: [...features].sort(),
    opening: readOpening(body['input']),
  }
}

function isJsonFormat(text: unknown): boolean {
  const format = isRecord(text) ? text['format'] : undefined
  return isRecord(format) && (format['type'] === 'json_object' || format['type'] === 'json_schema')
}

function readToolNames({ tools }: JsonObject): ReadonlySet<string> {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : []
  return new Set(list.flatMap((tool) => (isRecord(tool) && typeof tool['name'] === 'string' ? [tool['name']] : [])))
}

/** The same for a text, for a message with that text and for one with a part of it, as turns go from one to the other. */
function readOpening(input: unknown): string {
  const list: readonly unknown[] = Array.isArray(input) ? input : [{ role: 'user', content: input }]
  const isSystem = (item: unknown): boolean =>
    isRecord(item) && (item['role'] === 'system' || item['role'] === 'developer')
  const first = list.find((item) => !isSystem(item)) ?? list[0]
  if (!isRecord(first) || typeof first['role'] !== 'string') return JSON.stringify(first)
  return JSON.stringify({ role: first['role'], content: readText(first['content']) })
}

function readText(content: unknown): unknown {
  const only = Array.isArray(content) && content.length === 1 ? (content as readonly unknown[])[0] : undefined
  return isRecord(only) && typeof only['text'] === 'string' ? only['text'] : content
}
