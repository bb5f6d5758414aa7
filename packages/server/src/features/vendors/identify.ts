import type { ProviderKind } from '@breakwater/contract'
import { residenciesOf, servedRegion } from '@breakwater/contract'
import type { Provider } from '../providers/index.ts'
import type { IdentifiedService } from './types.ts'

/** The vendor of a model that runs in the organisation's own network. */
const SELF_HOSTED = 'self-hosted'

interface Address {
  readonly pattern: RegExp
  readonly vendor: string
  readonly service: string
}

// Whose address it is needs nobody's word. `region` is where the address itself names it.
const ADDRESSES: readonly Address[] = [
  { pattern: /^(?:(?<region>us|eu|au|ca|jp|in|sg|kr|gb|ae)\.)?api\.openai\.com$/, vendor: 'openai', service: 'api' },
  { pattern: /\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us)$/, vendor: 'azure', service: 'openai' },
  { pattern: /^api\.anthropic\.com$/, vendor: 'anthropic', service: 'api' },
  { pattern: /^bedrock-runtime(-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/, vendor: 'aws', service: 'bedrock' },
  { pattern: /^bedrock-mantle\.(?<region>[a-z0-9-]+)\.api\.aws$/, vendor: 'aws', service: 'bedrock-mantle' },
  {
    pattern: /^(?:(?<region>[a-z0-9-]+)-)?aiplatform(?:\.[a-z]+\.rep)?\.googleapis\.com$/,
    vendor: 'google',
    service: 'vertex',
  },
  { pattern: /^generativelanguage\.googleapis\.com$/, vendor: 'google', service: 'gemini-api' },
]

// Kinds that speak to one vendor's service wherever it stands: by a private address too.
const KINDS: Readonly<Partial<Record<ProviderKind, readonly [vendor: string, service: string]>>> = {
  openai: ['openai', 'api'],
  'azure-openai': ['azure', 'openai'],
  bedrock: ['aws', 'bedrock'],
  anthropic: ['anthropic', 'api'],
  vertex: ['google', 'vertex'],
  vllm: [SELF_HOSTED, 'vllm'],
  ollama: [SELF_HOSTED, 'ollama'],
  'llama-cpp': [SELF_HOSTED, 'llama-cpp'],
}

type Row = Pick<
  Provider,
  'kind' | 'isInternal' | 'baseUrl' | 'vendor' | 'service' | 'region' | 'settings' | 'upstreamModels'
>

/** By row as it was read: each crossing asks several times. Models are the row's own, so there are few. */
const identified = new WeakMap<Row, Map<string, IdentifiedService>>()
const MAX_MODELS = 1_000

/**
 * Whose service a provider is, and where the model is served: by its address when that is a vendor's, by its kind, else by
 * what its row says. Where they speak and differ, nothing is covered.
 */
export function identifyService(row: Row, model: string): IdentifiedService {
  const byModel = identified.get(row) ?? new Map<string, IdentifiedService>()
  const known = byModel.get(model)
  if (known) return known
  const found = Object.freeze(identify(row, model))
  if (byModel.size < MAX_MODELS) byModel.set(model, found)
  identified.set(row, byModel)
  return found
}

function identify(row: Row, model: string): IdentifiedService {
  const host = row.baseUrl === undefined ? undefined : URL.parse(row.baseUrl)?.hostname
  const found = placed((host === undefined ? undefined : readAddress(host)) ?? readKind(row), row)
  const vendor = found?.vendor ?? row.vendor
  const service = found?.service ?? row.service
  const upstreamModel = row.upstreamModels?.[model] ?? model
  const region = servedRegion(narrower(found?.region, row.region), upstreamModel, service)
  return {
    ...(vendor !== undefined && { vendor }),
    ...(service !== undefined && { service }),
    ...(host !== undefined && { host }),
    ...(region !== undefined && { region }),
    upstreamModel,
    isOfVendor: vendor !== undefined && vendor !== SELF_HOSTED,
    isContradicted: found !== undefined && contradicts(found, row),
  }
}

/** Whether it is served inside every one of the places; where nobody said where, inside none. */
export function isServedWithin({ region }: Pick<IdentifiedService, 'region'>, places: readonly string[]): boolean {
  return places.every((place) => region !== undefined && residenciesOf(region).includes(place))
}

function readKind({ kind, settings = {} }: Row): Found | undefined {
  const [vendor, service] = KINDS[kind] ?? []
  if (vendor === undefined || service === undefined) return undefined
  const isMantle = kind === 'bedrock' && settings.shape === 'mantle'
  return { vendor, service: isMantle ? 'bedrock-mantle' : service, region: settings.region ?? settings.location }
}

/** A host of every place, such as Vertex's `global`, is where the row's own settings send requests to. */
function placed(found: Found | undefined, { settings }: Row): Found | undefined {
  return found && { ...found, region: found.region ?? settings?.region ?? settings?.location }
}

interface Found {
  readonly vendor: string
  readonly service: string
  readonly region: string | undefined
}

function readAddress(host: string): Found | undefined {
  for (const { pattern, vendor, service } of ADDRESSES) {
    const match = pattern.exec(host)
    if (match) return { vendor, service, region: match.groups?.['region'] }
  }
  return undefined
}

function contradicts(found: Found, row: Row): boolean {
  if (row.vendor !== undefined && row.vendor !== found.vendor) return true
  if (row.service !== undefined && row.service !== found.service) return true
  if (row.region === undefined || found.region === undefined) return false
  return !residenciesOf(found.region).includes(row.region) && !residenciesOf(row.region).includes(found.region)
}

/** Of two places that do not contradict each other, the one inside the other. */
function narrower(found: string | undefined, stated: string | undefined): string | undefined {
  if (found === undefined || stated === undefined) return found ?? stated
  return residenciesOf(stated).includes(found) ? stated : found
}
