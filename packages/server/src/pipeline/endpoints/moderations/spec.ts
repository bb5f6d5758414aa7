import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import { closed, closedOrRefused, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { appendMember } from '../openai/append-member.ts'
import { isAbsent, isRecord, MODEL_RULE, requireRules } from '../openai/rules.ts'
import type { Rule } from '../openai/rules.ts'
import { ROUTING } from '../openai/settings.ts'
import { createWholeDialect } from '../openai/whole-dialect.ts'
import type { EndpointSpec } from '../spec.ts'
import { CATEGORIES } from './categories.ts'

/** OpenAI's own default, sent by name so that what is asked is what the agreement covers. */
const DEFAULT_MODEL = 'omni-moderation-latest'

const media = refused('body.media-refused')
const feature = refused('body.feature-refused', 'false')

const MODERATIONS_REQUEST: Shape = object({
  model: used('model'),
  input: {
    items: object({ type: closedOrRefused('body.media-refused', 'text'), text: scanned, image_url: media }),
  },
  stream: feature,
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
})

const rated = (value: Shape): Shape => object(Object.fromEntries(CATEGORIES.map((name) => [name, value])))

const MODERATIONS_ANSWER: Shape = object({
  id: used('id'),
  model: used('model'),
  results: list(
    object({
      flagged: scanned,
      categories: rated(scanned),
      category_scores: rated(numeric),
      category_applied_input_types: rated(list(closed('text', 'image'))),
    }),
  ),
})

const isInput = (value: unknown): boolean =>
  typeof value === 'string' || (isRecord(value) && typeof value['type'] === 'string')

const INPUT_RULE: Rule = {
  field: '/input',
  rule: 'a text, or a list of texts, not empty',
  holds: ({ input }) => typeof input === 'string' || (Array.isArray(input) && input.length > 0 && input.every(isInput)),
}

/** Throws `body.*` with a field of declared names and a rule, never a value. */
function readModerationsBody(sent: string, maxDepth: number): ParsedBody {
  const scan = (text: string): ParsedBody['leaves'] => scanJson(text, { shape: MODERATIONS_REQUEST, maxDepth })
  const leaves = scan(sent)
  const isUnnamed = isAbsent(requireRules(sent, [INPUT_RULE])['model'])
  const text = isUnnamed ? appendMember(sent, 'model', DEFAULT_MODEL) : sent
  const { model } = requireRules(text, [MODEL_RULE])
  return {
    text,
    // What is appended stands behind all of them, but for the model's own.
    leaves: isUnnamed ? scan(text) : leaves,
    model: String(model),
    isStream: false,
    isJsonContent: false,
    toolNames: new Set(),
    features: ['moderation'],
    opening: 'moderations',
  }
}

export const MODERATIONS: EndpointSpec = {
  id: 'moderations',
  path: '/v1/moderations',
  request: MODERATIONS_REQUEST,
  readBody: readModerationsBody,
  idPrefix: 'modr-',
  createDialect: () => createWholeDialect(MODERATIONS_ANSWER, 'results'),
}
