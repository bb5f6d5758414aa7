import { closed, closedOrRefused, object, using } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'

/** How much a model thinks before it answers. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

export const VERBOSITIES = ['low', 'medium', 'high'] as const

export const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'] as const

export const SERVICE_TIER: Shape = using('service-tier', closed(...TIERS), '"auto"', '"default"')

/** The cache that lasts as long as the vendor's memory does is plain; the one of a day is a feature. */
export const CACHE_RETENTION: Shape = using(
  'prompt-cache.24h',
  closedOrRefused('body.feature-refused', 'in_memory', 'in-memory', '24h'),
  '"in_memory"',
  '"in-memory"',
)

/** Members that OpenRouter, LiteLLM, Portkey and vLLM obey, and by which a request goes elsewhere than its agreement covers. */
export const ROUTING = [
  'models',
  'route',
  'provider',
  'fallbacks',
  'context_window_fallbacks',
  'custom_llm_provider',
  'api_base',
  'base_url',
  'api_key',
  'plugins',
  'kv_transfer_params',
] as const

/** By the numbers of a model's tokens, which look like postcodes; the largest vocabularies have fewer than a million. */
export const LOGIT_BIAS: Shape = { ...object({}), harmlessNames: /^\d{1,6}$/ }
