export { createAnthropic } from './adapter.ts'
export { MESSAGES_DIALECT } from './dialect.ts'
export { passMessageEvents } from './pass-events.ts'
export { readForMessages, writeMessages } from './write-messages.ts'
