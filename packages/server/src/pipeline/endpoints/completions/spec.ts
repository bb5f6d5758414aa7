import type { Feature } from '@breakwater/contract'
import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import { createChoicesDialect } from '../openai/choices-dialect.ts'
import {
  booleans,
  choiceCounts,
  isAbsent,
  limits,
  MODEL_RULE,
  numbers,
  objects,
  requireRules,
  strings,
  textRule,
} from '../openai/rules.ts'
import type { Rule } from '../openai/rules.ts'
import type { EndpointSpec } from '../spec.ts'
import { COMPLETIONS_ANSWER } from './answer-shape.ts'
import { COMPLETIONS_REQUEST } from './request-shape.ts'

const RULES: readonly Rule[] = [
  MODEL_RULE,
  textRule('prompt'),
  ...booleans('stream', 'echo'),
  ...choiceCounts('n', 'best_of'),
  ...numbers('temperature', 'top_p', 'seed', 'presence_penalty', 'frequency_penalty'),
  ...limits('max_tokens'),
  ...strings('user'),
  ...objects('stream_options', 'logit_bias'),
]
const FEATURES = ['stop', 'n'] as const satisfies readonly Feature[]

/** Throws `body.*`: lists of token numbers among them, since nobody can read what they say. */
function readCompletionsBody(text: string, maxDepth: number): ParsedBody {
  const leaves = scanJson(text, { shape: COMPLETIONS_REQUEST, maxDepth })
  const body = requireRules(text, RULES)
  const isStream = body['stream'] === true
  const features: Feature[] = FEATURES.filter((name) => !isAbsent(body[name]))
  return {
    text,
    leaves,
    model: String(body['model']),
    isStream,
    isJsonContent: false,
    toolNames: new Set(),
    features: [...features, ...(isStream ? (['stream'] as const) : [])].sort(),
    opening: readOpening(body['prompt']),
  }
}

/** Its first line: a prompt grows at its end from turn to turn. */
function readOpening(prompt: unknown): string {
  const first: unknown = Array.isArray(prompt) ? prompt[0] : prompt
  return String(first).trimStart().split('\n', 1)[0] ?? ''
}

export const COMPLETIONS: EndpointSpec = {
  id: 'completions',
  path: '/v1/completions',
  request: COMPLETIONS_REQUEST,
  readBody: readCompletionsBody,
  idPrefix: 'cmpl-',
  createDialect: (head) =>
    createChoicesDialect(head, {
      shape: COMPLETIONS_ANSWER,
      levels: 2,
      object: 'text_completion',
      writeRest: (place, rest) => ({ [String(place[0])]: rest }),
    }),
}
