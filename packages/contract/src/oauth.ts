import { z } from 'zod'
import { DEVICE_GRANT } from './devices.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

/** RFC 6749 section 5.1, with RFC 8693 section 2.2.1 for an exchange. */
export const tokenAnswerSchema = z.object({
  access_token: z.string(),
  token_type: z.enum(['DPoP', 'Bearer']),
  expires_in: z.int(),
  scope: z.string(),
  issued_token_type: z.string().optional(),
})
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>

/** RFC 6749 section 4.4.2, RFC 7523 section 2.2, RFC 8693 section 2.1, RFC 8628 section 3.4. Others are ignored; none may come twice. */
export const tokenFormSchema = z.looseObject({
  grant_type: z.enum(['client_credentials', EXCHANGE_GRANT, DEVICE_GRANT]),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  client_assertion_type: z.literal(ASSERTION_TYPE).optional(),
  client_assertion: z.string().optional(),
  subject_token: z.string().optional(),
  subject_token_type: z.string().optional(),
  device_code: z.string().optional(),
})

/** RFC 6749 section 5.2, with the code of docs/errors.md. */
export const tokenRefusalSchema = z.object({ error: z.string(), error_description: z.string(), code: z.string() })

/** RFC 8414. */
export const authorizationServerSchema = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  device_authorization_endpoint: z.string(),
  jwks_uri: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  dpop_signing_alg_values_supported: z.array(z.string()),
  tls_client_certificate_bound_access_tokens: z.boolean(),
})
export type AuthorizationServer = z.infer<typeof authorizationServerSchema>

export const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) })

export const tokenKeySchema = z.object({ kid: z.string(), signsFrom: z.iso.datetime() })
