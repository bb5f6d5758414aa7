import { z } from 'zod'

/** A vendor's name of a place, e.g. `us-east-1`, `eastus2`, `europe-west4`, or of a country or union, e.g. `us`. */
export const regionSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)

// In the order they are tried. A place that none of them knows has no residency but its own name.
const RESIDENCIES: readonly (readonly [RegExp, string])[] = [
  [/^europe-west2$|^eu-west-2$|^uk(south|west)$|^uk$/, 'uk'],
  [/^europe-west6$|^eu-central-2$|^switzerland(north|west)$|^ch$/, 'ch'],
  [/^northamerica-south1$|^mx-central-1$|^mexicocentral$/, 'mx'],
  [/^northamerica-northeast[12]$|^ca-(central|west)-1$|^canada(central|east)$|^ca$/, 'ca'],
  [/^us(-[a-z0-9-]+)?$|^(east|west|central)us[23]?$|^(north|south|west)centralus$|^usgov[a-z]+$/, 'us'],
  [/^eu(-(west|central|north|south)-\d)?$|^europe-(west|central|north|southwest)\d+$/, 'eu'],
  [/^(west|north)europe$|^(france|sweden|poland|spain)central$|^germanywestcentral$|^italynorth$/, 'eu'],
]

/** The countries and unions that a place lies in, its own name first. */
export function residenciesOf(region: string): readonly string[] {
  const found = RESIDENCIES.find(([pattern]) => pattern.test(region))?.[1]
  return found === undefined || found === region ? [region] : [region, found]
}

// Profiles of Bedrock that choose among the places of a continent, or of the world, for each call.
const ROVING: Readonly<Record<string, string>> = { us: 'us', eu: 'eu', 'us-gov': 'us', global: 'global' }
const PROFILE = /^(?<scope>[a-z]{2,6}(-gov)?)\.[a-z0-9]+\./
const ARN = /^arn:aws[a-z-]*:bedrock:(?<place>[a-z0-9-]*):\d*:(?<kind>[a-z-]+)\/(?<name>.+)$/
/** Kinds of ARN that are served in the place that they name. An own profile, a router or a prompt hides where it leads. */
const STAYING: ReadonlySet<string> = new Set([
  'custom-model-deployment',
  'foundation-model',
  'imported-model',
  'provisioned-model',
])

/**
 * Where a call is really served: a profile like `global.` or `us.` before a model's name leaves the place that its address
 * names. Undefined when nobody said.
 */
export function servedRegion(
  region: string | undefined,
  model: string,
  service: string | undefined,
): string | undefined {
  if (service?.startsWith('bedrock') !== true) return region
  if (!model.startsWith('arn:')) return rovingOf(model) ?? region
  const { place = '', kind = '', name = '' } = ARN.exec(model)?.groups ?? {}
  if (kind === 'inference-profile') return rovingOf(name)
  if (!STAYING.has(kind)) return undefined
  return place === '' ? region : place
}

function rovingOf(model: string): string | undefined {
  const scope = PROFILE.exec(model)?.groups?.['scope']
  return scope === undefined ? undefined : (ROVING[scope] ?? scope)
}
