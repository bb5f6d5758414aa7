import type { ErrorCode } from '@breakwater/kernel'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toAppError } from '../../../platform/http/problem.ts'

export const SCIM_TYPE = 'application/scim+json'

/** RFC 7644 section 3.12, table 9. */
const SCIM_TYPES: Partial<Record<ErrorCode, string>> = {
  'body.duplicate-key': 'invalidSyntax',
  'body.invalid': 'invalidValue',
  'body.invalid-json': 'invalidSyntax',
  'body.invalid-utf8': 'invalidSyntax',
  'body.too-deep': 'invalidSyntax',
  'resource.conflict': 'uniqueness',
  'scim.immutable': 'mutability',
  'scim.invalid-filter': 'invalidFilter',
  'scim.invalid-path': 'invalidPath',
}

/** An error as SCIM's clients read it, with the code of docs/errors.md beside it. */
export function answerScimError(thrown: unknown, c: Context): Response {
  const error = toAppError(thrown)
  // Logged, and told without what caused it, as everywhere.
  if (error.status >= 500) throw thrown
  c.error = error
  const { code, status, message, field } = error
  const scimType = SCIM_TYPES[code]
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType !== undefined && { scimType }),
    detail: field === undefined || message.includes(field) ? message : `${message}: ${field}`,
    code,
  }
  if (status === 401) c.header('www-authenticate', 'Bearer')
  return c.body(JSON.stringify(body), {
    status: status as ContentfulStatusCode,
    headers: { 'content-type': SCIM_TYPE },
  })
}
