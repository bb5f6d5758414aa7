import { closed, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { ROUTING } from '../openai/settings.ts'

const feature = refused('body.feature-refused', 'false')

/** A body of `POST /v1/embeddings`. Whatever it does not declare is scanned. */
export const EMBEDDINGS_REQUEST: Shape = object({
  model: used('model'),
  input: list(scanned),
  encoding_format: closed('float', 'base64'),
  dimensions: numeric,
  user: used('identifier'),
  stream: feature,
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
})
