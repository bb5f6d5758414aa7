export { createAnthropic } from './adapter.ts'
export { MESSAGES_DIALECT } from './dialect.ts'
export { passMessageEvents } from './pass-events.ts'
export { FIRST_VERSION, readForMessages, writeMessages } from './write-messages.ts'
