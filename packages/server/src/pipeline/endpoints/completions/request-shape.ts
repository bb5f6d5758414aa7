import { arbitrary, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { LOGIT_BIAS, ROUTING } from '../openai/settings.ts'

const feature = refused('body.feature-refused', 'false')

/** A body of `POST /v1/completions`. What would repeat the prompt, or tell of it piece by piece, is refused. */
export const COMPLETIONS_REQUEST: Shape = object({
  model: used('model'),
  prompt: list(scanned),
  stream: scanned,
  stream_options: object({ include_usage: scanned, include_obfuscation: scanned }),
  temperature: scanned,
  top_p: scanned,
  n: numeric,
  best_of: numeric,
  seed: arbitrary,
  max_tokens: numeric,
  presence_penalty: scanned,
  frequency_penalty: scanned,
  logit_bias: LOGIT_BIAS,
  stop: scanned,
  user: used('identifier'),
  echo: feature,
  suffix: refused('body.feature-refused', '""'),
  logprobs: refused('body.feature-refused', 'false', '0'),
  prompt_logprobs: refused('body.feature-refused', '0'),
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
})
