import { AppError } from '@breakwater/kernel'

/** Locations of more than one region, and what they are called in a host. */
const MULTI_REGIONS: ReadonlySet<string> = new Set(['eu', 'us'])
const LOCATION = /^[a-z]+(?:-[a-z]+\d+)?$/
const PROJECT = /^[a-z0-9][a-z0-9.:-]{2,99}$/
const MODEL = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:@[A-Za-z0-9._-]+)?$/
const GOOGLE_HOST = /(?:^|\.)googleapis\.com$/

/** Google's host for a location. */
export function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com'
  return MULTI_REGIONS.has(location)
    ? `aiplatform.${location}.rep.googleapis.com`
    : `${location}-aiplatform.googleapis.com`
}

/** Throws `provider.address-refused` for a host of Google's that serves another location than the path would say. */
export function requireLocation(host: string, location: string): void {
  if (LOCATION.test(location) && (!GOOGLE_HOST.test(host) || host === hostOf(location))) return
  throw new AppError('provider.address-refused', { message: "the provider's host is not in the location of its row" })
}

export interface VertexPlace {
  readonly project: string
  readonly location: string
}

/** The path of a model, up to its operation. Throws `provider.rejected` for what is no id. */
export function toModelPath(
  { project, location }: VertexPlace,
  publisher: 'anthropic' | 'google',
  model: string,
): string {
  if (!MODEL.test(model) || !PROJECT.test(project)) {
    throw new AppError('provider.rejected', { message: 'the model is not an id of Vertex AI' })
  }
  return `/v1/projects/${project}/locations/${location}/publishers/${publisher}/models/${encodeURIComponent(model)}`
}
