import { AUTH_RULES, CREDENTIAL_RULES, isConsumerHost, KIND_RULES } from './provider-kinds.ts'
import type { ProviderKind, ProviderSettings } from './provider-kinds.ts'

/** What of a provider's row the rules of its kind are about. */
export interface RuledProvider {
  readonly kind: ProviderKind
  readonly baseUrl?: string | undefined
  readonly isInternal: boolean
  readonly apiKeyFile?: string | undefined
  readonly settings: ProviderSettings
  readonly models: readonly string[]
  readonly upstreamModels: Readonly<Record<string, string>>
  readonly fallbacks: readonly { readonly models: Readonly<Record<string, string>> }[]
}

interface Broken {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** The rules of its kind that a row breaks: fields and rules, no values. */
export function findBrokenRules(provider: RuledProvider): Broken[] {
  return [...checkSettings(provider), ...checkHost(provider), ...checkModels(provider)]
}

function checkSettings({ kind, baseUrl, apiKeyFile, isInternal, settings }: RuledProvider): Broken[] {
  const { auths, needs = [], may = [], ...rule } = KIND_RULES[kind]
  const broken: Broken[] = []
  const refuse = (path: Broken['path'], message: string): void => void broken.push({ path, message })
  if (rule.baseUrl === 'needed' && baseUrl === undefined) refuse(['baseUrl'], 'needed')
  if (rule.baseUrl === 'none' && baseUrl !== undefined) refuse(['baseUrl'], 'the demo provider is built in')
  if (rule.isInternalOnly === true && !isInternal) refuse(['isInternal'], 'this kind runs in your own network only')

  const { auth, credential } = settings
  const isKnownAuth = auth !== undefined && auths?.includes(auth) === true
  if (auths && !isKnownAuth) refuse(['settings', 'auth'], `one of: ${auths.join(', ')}`)
  const authRule = isKnownAuth ? AUTH_RULES[auth] : undefined
  const apiKey = authRule?.apiKey ?? rule.apiKey
  if (apiKey === 'needed' && apiKeyFile === undefined) refuse(['apiKeyFile'], 'needed')
  if (apiKey === 'none' && apiKeyFile !== undefined) refuse(['apiKeyFile'], 'this kind shows no key of a file')

  const ofCredential = credential ? CREDENTIAL_RULES[credential].needs : []
  const needed = [...needs, ...(authRule?.needs ?? []), ...ofCredential]
  const known = new Set<string>([...needed, ...may, ...(authRule?.may ?? []), ...(auths ? ['auth'] : [])])
  for (const name of needed) if (settings[name] === undefined) refuse(['settings', name], 'needed')
  for (const name of Object.keys(settings)) {
    if (!known.has(name)) refuse(['settings', name], 'does not belong to this kind and way of signing in')
  }
  return broken
}

function checkHost({ kind, baseUrl, isInternal }: RuledProvider): Broken[] {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl)
  if (!url) return []
  if (isConsumerHost(url.hostname)) {
    return [{ path: ['baseUrl'], message: 'a service for consumers, which no agreement covers' }]
  }
  const { hosts } = KIND_RULES[kind]
  if (isInternal || hosts === undefined || hosts.test(url.hostname)) return []
  return [{ path: ['baseUrl'], message: 'not a host of this vendor' }]
}

/** Names on the left are the row's own models. */
function checkModels({ models, upstreamModels, fallbacks }: RuledProvider): Broken[] {
  const isOwn = (mapped: Readonly<Record<string, string>>): boolean =>
    Object.keys(mapped).every((model) => models.includes(model))
  const message = 'names models of this provider only'
  return [
    ...(isOwn(upstreamModels) ? [] : [{ path: ['upstreamModels'], message }]),
    ...fallbacks.flatMap((fallback, at) =>
      isOwn(fallback.models) ? [] : [{ path: ['fallbacks', at, 'models'], message }],
    ),
  ]
}
