import type { EndpointSpec } from '../spec.ts'
import { createMessagesDialect } from './dialect.ts'
import { readMessagesBody } from './read-body.ts'
import { MESSAGES_REQUEST } from './request-shape.ts'

export const ANTHROPIC_MESSAGES: EndpointSpec = {
  id: 'anthropic.messages',
  path: '/anthropic/v1/messages',
  request: MESSAGES_REQUEST,
  readBody: readMessagesBody,
  idPrefix: 'msg_',
  createDialect: createMessagesDialect,
}
