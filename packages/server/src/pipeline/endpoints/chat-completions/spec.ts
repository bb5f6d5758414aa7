import type { EndpointSpec } from '../spec.ts'
import { createChatDialect } from './dialect.ts'
import { readChatBody } from './read-body.ts'
import { CHAT_REQUEST } from './request-shape.ts'

export const CHAT_COMPLETIONS: EndpointSpec = {
  id: 'chat.completions',
  path: '/v1/chat/completions',
  request: CHAT_REQUEST,
  readBody: readChatBody,
  idPrefix: 'chatcmpl-',
  createDialect: createChatDialect,
}
