import { numeric, object } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'

const counts: Shape = object({}, numeric)

/** What chat and text completions tell of tokens counted. */
export const OPENAI_USAGE: Shape = object({
  prompt_tokens: numeric,
  completion_tokens: numeric,
  total_tokens: numeric,
  prompt_tokens_details: counts,
  completion_tokens_details: counts,
})
