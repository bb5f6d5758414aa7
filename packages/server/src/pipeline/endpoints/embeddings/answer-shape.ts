import { closed, list, numeric, object, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'

/** Vectors of masked texts: numbers, or the same in base64. They are PHI as their texts are (arXiv 2310.06816). */
export const EMBEDDINGS_ANSWER: Shape = object({
  id: used('id'),
  object: closed('list'),
  model: used('model'),
  created: numeric,
  data: list(object({ object: closed('embedding'), index: numeric, embedding: { ...used('sealed'), items: numeric } })),
  usage: object({ prompt_tokens: numeric, total_tokens: numeric }, numeric),
})
