import { closed, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { OPENAI_USAGE } from '../openai/usage-shape.ts'

/** Numbers of tokens tell a text as the text does. */
const noList = refused('provider.invalid-answer', '[]')

/** `text_completion`, and each event of its stream. */
export const COMPLETIONS_ANSWER: Shape = object({
  id: used('id'),
  object: closed('text_completion', 'text_completion.chunk'),
  created: numeric,
  model: used('model'),
  system_fingerprint: scanned,
  obfuscation: used('drop'),
  choices: list(
    object(
      {
        index: numeric,
        text: used('channel'),
        finish_reason: closed('stop', 'length', 'content_filter'),
        stop_reason: scanned,
        logprobs: refused('provider.invalid-answer'),
        token_ids: noList,
        prompt_token_ids: noList,
      },
      used('channel'),
    ),
  ),
  completion_probabilities: noList,
  usage: OPENAI_USAGE,
})
