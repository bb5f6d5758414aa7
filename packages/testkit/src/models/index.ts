// What judges outside of the test runner use.
export { startAnthropicServer } from './anthropic-server.ts'
export type { ModelRequest } from './model-server.ts'
export type { ModelScript } from './script.ts'
