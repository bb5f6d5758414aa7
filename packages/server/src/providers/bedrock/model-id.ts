import { AppError } from '@breakwater/kernel'

/** Where a model may run when it is asked for by this id. */
export interface ModelRegions {
  /** `unknown`: the id does not say, so nobody can promise anything. */
  readonly scope: 'region' | 'geography' | 'global' | 'unknown'
  /** The region, or the geography's prefix; nothing for the rest. */
  readonly names: readonly string[]
}

/** Prefixes of cross-region inference profiles: the request may be answered in any region of the geography. */
const GEOGRAPHIES: ReadonlySet<string> = new Set(['apac', 'au', 'ca', 'eu', 'jp', 'sa', 'us', 'us-gov'])
// An id, an id with the length of its context behind a second colon, or an ARN. Nothing that a path could trip over.
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*(?::[A-Za-z0-9._/-]*)*$/
const ARN = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]*):[0-9]*:([a-z-]+)\/(.+)$/
/** Kinds of ARN whose work stays in the region that they name. */
const REGIONAL_ARNS: ReadonlySet<string> = new Set([
  'custom-model-deployment',
  'foundation-model',
  'imported-model',
  'provisioned-model',
])

/**
 * What an id says about residency: a bare model id stays in the endpoint's region, `eu.` and the like stay in a geography,
 * `global.` promises nothing. An application's own profile, a prompt or a router hides where it leads.
 */
export function regionsOf(modelId: string, region: string): ModelRegions {
  const [, arnRegion = '', kind = '', name = ''] = ARN.exec(modelId) ?? []
  if (kind !== '') {
    if (kind === 'inference-profile') return regionsOfProfile(name, { scope: 'unknown', names: [] })
    return REGIONAL_ARNS.has(kind) ? { scope: 'region', names: [arnRegion || region] } : { scope: 'unknown', names: [] }
  }
  if (modelId.startsWith('arn:')) return { scope: 'unknown', names: [] }
  return regionsOfProfile(modelId, { scope: 'region', names: [region] })
}

function regionsOfProfile(id: string, otherwise: ModelRegions): ModelRegions {
  const prefix = id.slice(0, id.indexOf('.'))
  if (prefix === 'global') return { scope: 'global', names: [] }
  return GEOGRAPHIES.has(prefix) ? { scope: 'geography', names: [prefix] } : otherwise
}

/** The vendor whose body a model wants: `anthropic`, `meta`; undefined where the id does not say. */
export function vendorOf(modelId: string): string | undefined {
  const id = ARN.exec(modelId)?.[3] ?? modelId
  const [first = '', second] = id.split('.')
  return second !== undefined && (first === 'global' || GEOGRAPHIES.has(first)) ? second : first
}

/** `/model/{id}/{operation}`, with the id as one segment. Throws `provider.rejected` for an id that is none. */
export function toModelPath(modelId: string, operation: string): string {
  if (!MODEL_ID.test(modelId)) throw new AppError('provider.rejected', { message: 'the model is not an id of Bedrock' })
  return `/model/${encodeURIComponent(modelId)}/${operation}`
}
