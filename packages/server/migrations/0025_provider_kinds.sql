-- What providers speak, how they call models, and who may be asked when one cannot. The contract checks what each kind
-- needs to know; here its form.
alter table providers
  drop constraint providers_kind_check,
  add constraint providers_kind_check check (kind in ('demo', 'openai-compatible', 'openai', 'azure-openai', 'bedrock',
    'anthropic', 'vertex', 'vllm', 'ollama', 'llama-cpp')),
  add column settings jsonb not null default '{}'
    check (jsonb_typeof(settings) = 'object' and length(settings::text) <= 8192),
  add column upstream_models jsonb not null default '{}'
    check (jsonb_typeof(upstream_models) = 'object' and length(upstream_models::text) <= 131072),
  add column fallbacks jsonb not null default '[]'
    check (jsonb_typeof(fallbacks) = 'array' and jsonb_array_length(fallbacks) <= 3);
