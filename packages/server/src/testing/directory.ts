import { issuedScimTokenSchema } from '@breakwater/contract'
import { expect } from 'vitest'
import { z } from 'zod'
import type { TestApp } from './app.ts'
import { createTestApp } from './app.ts'
import type { Db } from '../platform/db/database.ts'

export const WHOAMI = '/api/v1/whoami'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const ISSUER = 'https://idp.hospital.example'
export const SELF = { tenant: 'default', id: 'breakwater' }

export const resourceSchema = z.looseObject({ id: z.string(), active: z.boolean().optional() })
export const listSchema = z.object({ totalResults: z.int(), Resources: z.array(z.looseObject({ id: z.string() })) })

interface Answer {
  readonly status: number
  readonly body: unknown
}
type Send = (method: string, path: string, body?: unknown) => Promise<Answer>

/** A hospital whose directory speaks SCIM. */
export async function createHospital(db: Db): Promise<{ app: TestApp; send: Send; token: string }> {
  const app = await createTestApp(db)
  await app.services.identityProviders.put(SELF, 'hospital', {
    label: 'Hospital',
    issuer: ISSUER,
    clientId: 'breakwater',
    clientAuthentication: 'client_secret_basic',
    credentialFile: 'hospital.secret',
    scopes: [],
    groupsClaim: 'groups',
    groups: [
      { group: 'g-doctors', roles: ['clinician'], purposes: ['TREAT'], mayRestore: true },
      { group: 'g-auditors', roles: ['auditor'], purposes: [], mayRestore: false },
      { group: 'g-keys', roles: ['key-administrator'], purposes: [], mayRestore: false },
    ],
    mfa: { acr: ['urn:mfa'], amr: [] },
    phishingResistant: { acr: [], amr: [] },
    maxAuthenticationAgeSeconds: 3_600,
  })
  const answer = await app.call(app.tokens.admin, 'POST', '/api/v1/scim-tokens', { identityProvider: 'hospital' })
  const { token } = issuedScimTokenSchema.parse(await answer.json())
  return { app, token, send: sender(app, token) }
}

export function sender(app: TestApp, token: string): Send {
  return async (method, path, body) => {
    const response = await app.request(`/scim/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
}

export const patch = (...Operations: readonly object[]): object => ({ schemas: [PATCH], Operations })

export async function addUser(send: Send, name: string, more: object = {}): Promise<string> {
  const { status, body } = await send('POST', 'Users', {
    userName: `${name}@hospital.example`,
    externalId: name,
    ...more,
  })
  expect(status).toBe(201)
  return resourceSchema.parse(body).id
}

export async function personOf(app: TestApp, subject: string) {
  const found = (await app.services.people.list('default')).find((person) => person.subject === subject)
  if (!found) throw new Error('no such person')
  return found
}

/** A session of a person as a log-in would begin it. */
export async function beginSession(app: TestApp, principal: string): Promise<string> {
  const { secret } = await app.services.sessions.createSession({
    tenant: 'default',
    principal,
    method: 'oidc',
    carrier: 'bearer',
    isMfa: true,
    isPhishingResistant: false,
    client: { address: '::1', userAgent: '' },
  })
  return secret
}

export const ask = async (app: TestApp, secret: string): Promise<number> =>
  (await app.request(WHOAMI, { headers: { authorization: `Bearer ${secret}` } })).status
