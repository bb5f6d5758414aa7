import { AppError } from '@breakwater/kernel'

/** Prefixes of cross-region inference profiles. */
const PROFILES: ReadonlySet<string> = new Set(['global', 'apac', 'au', 'ca', 'eu', 'jp', 'sa', 'us', 'us-gov'])
// An id, an id with the length of its context behind a second colon, or an ARN. Nothing that a path could trip over.
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*(?::[A-Za-z0-9._/-]*)*$/
const ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:[a-z-]+\/(.+)$/
/** The vendor whose body a model wants: `anthropic`, `meta`; undefined where the id does not say. */
export function vendorOf(modelId: string): string | undefined {
  const id = ARN.exec(modelId)?.[1] ?? modelId
  const [first = '', second] = id.split('.')
  return second !== undefined && PROFILES.has(first) ? second : first
}

/** `/model/{id}/{operation}`, with the id as one segment. Throws `provider.rejected` for an id that is none. */
export function toModelPath(modelId: string, operation: string): string {
  if (!MODEL_ID.test(modelId)) throw new AppError('provider.rejected', { message: 'the model is not an id of Bedrock' })
  return `/model/${encodeURIComponent(modelId)}/${operation}`
}
