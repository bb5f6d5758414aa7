import type { EndpointSpec } from '../spec.ts'
import { createResponsesDialect } from './dialect.ts'
import { readResponsesBody } from './read-body.ts'
import { RESPONSES_REQUEST } from './request-shape.ts'

export const RESPONSES: EndpointSpec = {
  id: 'responses',
  path: '/v1/responses',
  request: RESPONSES_REQUEST,
  readBody: readResponsesBody,
  idPrefix: 'resp_',
  createDialect: createResponsesDialect,
}
