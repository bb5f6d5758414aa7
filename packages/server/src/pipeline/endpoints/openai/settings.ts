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

/**
 * Members that OpenRouter, LiteLLM, Portkey, vLLM, Azure, xAI, Groq and others obey, and by which a request or some of it goes
 * elsewhere than its agreement covers: another model or host, a search, a store of documents, whoever is told of it.
 */
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
  'extra_body',
  'extra_headers',
  'extra_query',
  'data_sources',
  'dataSources',
  'search_parameters',
  'search_settings',
  'search_options',
  'enable_search',
  'web_search',
  'compound_custom',
  'connectors',
  'mcp_servers',
  'assistant_id',
  'thread_id',
  'file_ids',
  'attachments',
  'container',
  'cached_content',
  'callbacks',
  'success_callback',
  'failure_callback',
  'callback_url',
  'webhook',
  'webhook_url',
  // What vLLM imports and runs by its name.
  'logits_processors',
  // They tell a text piece by piece, as log probabilities do: vLLM, SGLang, llama.cpp.
  'return_token_ids',
  'return_tokens',
  'return_tokens_as_token_ids',
  'return_hidden_states',
  'return_logprob',
  'n_probs',
] as const

/** By the numbers of a model's tokens, which look like postcodes; the largest vocabularies have fewer than a million. */
export const LOGIT_BIAS: Shape = { ...object({}), harmlessNames: /^\d{1,6}$/ }
