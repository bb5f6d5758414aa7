-- Servers of tools (Model Context Protocol) are providers: reached, agreed on, frozen and limited as those of models are.
alter table providers
  drop constraint providers_kind_check,
  add constraint providers_kind_check check (kind in ('demo', 'openai-compatible', 'openai', 'azure-openai', 'bedrock',
    'anthropic', 'vertex', 'vllm', 'ollama', 'llama-cpp', 'mcp'));
