import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import { createWholeDialect } from '../openai/whole-dialect.ts'
import { limits, MODEL_RULE, requireRules, strings, textRule } from '../openai/rules.ts'
import type { EndpointSpec } from '../spec.ts'
import { EMBEDDINGS_ANSWER } from './answer-shape.ts'
import { EMBEDDINGS_REQUEST } from './request-shape.ts'

const RULES = [MODEL_RULE, textRule('input'), ...limits('dimensions'), ...strings('user', 'encoding_format')]

/** Throws `body.*`: lists of token numbers among them, since nobody can read what they say. */
function readEmbeddingsBody(text: string, maxDepth: number): ParsedBody {
  const leaves = scanJson(text, { shape: EMBEDDINGS_REQUEST, maxDepth })
  const { model } = requireRules(text, RULES)
  return {
    text,
    leaves,
    model: String(model),
    isStream: false,
    isJsonContent: false,
    toolNames: new Set(),
    features: ['embeddings'],
    // Documents and the questions about them must hold the same token for the same value, whenever they are embedded.
    opening: 'embeddings',
  }
}

export const EMBEDDINGS: EndpointSpec = {
  id: 'embeddings',
  path: '/v1/embeddings',
  request: EMBEDDINGS_REQUEST,
  readBody: readEmbeddingsBody,
  idPrefix: 'embd-',
  createDialect: () => createWholeDialect(EMBEDDINGS_ANSWER, 'data'),
}
