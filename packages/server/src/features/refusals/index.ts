export { createRefusalExchange } from './exchange.ts'
export { createRefusalStore } from './store.ts'
