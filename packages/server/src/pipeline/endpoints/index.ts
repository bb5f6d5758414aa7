import { ANTHROPIC_MESSAGES } from './anthropic-messages/spec.ts'
import { CHAT_COMPLETIONS } from './chat-completions/spec.ts'
import { COMPLETIONS } from './completions/spec.ts'
import { EMBEDDINGS } from './embeddings/spec.ts'
import { MODERATIONS } from './moderations/spec.ts'
import { RESPONSES } from './responses/spec.ts'
import type { EndpointSpec } from './spec.ts'

export type { EndpointSpec } from './spec.ts'
export { CHAT_COMPLETIONS } from './chat-completions/spec.ts'

/** Every endpoint that can be crossed. Whatever is not here is refused. */
export const ENDPOINT_SPECS: readonly EndpointSpec[] = [
  ANTHROPIC_MESSAGES,
  CHAT_COMPLETIONS,
  COMPLETIONS,
  EMBEDDINGS,
  MODERATIONS,
  RESPONSES,
]
