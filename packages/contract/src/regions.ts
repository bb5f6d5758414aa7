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

/**
 * Where a call is really served: a profile like `global.` or `us.` before a model's name leaves the place that its address
 * names. Undefined when nobody said.
 */
export function servedRegion(
  region: string | undefined,
  model: string,
  service: string | undefined,
): string | undefined {
  const scope = service?.startsWith('bedrock') === true ? PROFILE.exec(model)?.groups?.['scope'] : undefined
  return scope === undefined ? region : (ROVING[scope] ?? scope)
}
