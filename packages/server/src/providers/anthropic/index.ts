export { createAnthropic } from './adapter.ts'
export type { AnthropicOptions, AnthropicSettings } from './adapter.ts'
export { BETAS } from './betas.ts'
