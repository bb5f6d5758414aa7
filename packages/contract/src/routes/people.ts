import { z } from 'zod'
import { slugSchema } from '../ids.ts'
import {
  enrolSchema,
  enrolTokenSchema,
  identityProviderInputSchema,
  identityProviderSchema,
  invitationInputSchema,
  invitationSchema,
  passkeyAddSchema,
  passkeyOptionsSchema,
  passkeyResponseSchema,
  passkeySchema,
  personSchema,
  redirectSchema,
  signInOptionsSchema,
  signInTenantSchema,
  totpEnrolmentSchema,
  totpEnrolSchema,
  totpSchema,
  totpSignInSchema,
} from '../people.ts'
import type { RouteTable } from '../route.ts'
import { currentSessionSchema, endedSessionsSchema, sessionPolicySchema, sessionsSchema } from '../sessions.ts'

/** Before anybody is known. Those that change something are refused to other origins. */
const SIGN_IN_ROUTES = {
  /** `?tenant=` as in the bodies of the others. */
  readSignInOptions: { method: 'GET', path: '/api/v1/sign-in', isPublic: true, answer: signInOptionsSchema },
  startOidcSignIn: {
    method: 'POST',
    path: '/api/v1/sign-in/oidc/:id',
    isPublic: true,
    body: signInTenantSchema,
    answer: redirectSchema,
  },
  /** Where identity providers send the browser back to: a redirect to the console, or a problem for who takes no HTML. */
  finishOidcSignIn: { method: 'GET', path: '/api/v1/sign-in/callback/:id', isPublic: true },
  startPasskeySignIn: {
    method: 'POST',
    path: '/api/v1/sign-in/passkey/options',
    isPublic: true,
    body: signInTenantSchema,
    answer: passkeyOptionsSchema,
  },
  finishPasskeySignIn: { method: 'POST', path: '/api/v1/sign-in/passkey', isPublic: true, body: passkeyResponseSchema },
  finishTotpSignIn: { method: 'POST', path: '/api/v1/sign-in/totp', isPublic: true, body: totpSignInSchema },
  startEnrolment: {
    method: 'POST',
    path: '/api/v1/enrol/options',
    isPublic: true,
    body: enrolTokenSchema,
    answer: passkeyOptionsSchema,
  },
  /** The first passkey of a local account; a session begins. */
  finishEnrolment: { method: 'POST', path: '/api/v1/enrol', isPublic: true, body: enrolSchema },
  startTotpEnrolment: {
    method: 'POST',
    path: '/api/v1/enrol/totp/options',
    isPublic: true,
    body: enrolTokenSchema,
    answer: totpEnrolmentSchema,
  },
  /** A password and an app instead of a passkey; a session begins that phishing could get. */
  finishTotpEnrolment: { method: 'POST', path: '/api/v1/enrol/totp', isPublic: true, body: totpEnrolSchema },
} as const satisfies RouteTable

const SESSION_ROUTES = {
  readSession: { method: 'GET', path: '/api/v1/session', answer: currentSessionSchema },
  endSession: { method: 'POST', path: '/api/v1/session/end' },
  startOidcStepUp: { method: 'POST', path: '/api/v1/session/step-up/oidc', answer: redirectSchema },
  startPasskeyStepUp: {
    method: 'POST',
    path: '/api/v1/session/step-up/passkey/options',
    answer: passkeyOptionsSchema,
  },
  /** The session goes on under a new id. */
  finishPasskeyStepUp: { method: 'POST', path: '/api/v1/session/step-up/passkey', body: passkeyResponseSchema },
  finishTotpStepUp: { method: 'POST', path: '/api/v1/session/step-up/totp', body: totpSchema },
  listOwnSessions: { method: 'GET', path: '/api/v1/session/all', answer: sessionsSchema },
  endOwnSession: { method: 'POST', path: '/api/v1/session/all/:id/end', needsStepUp: true },
  /** All of one's own but this one. Who took a session over must not be able to throw its owner out (ASVS 7.5.2). */
  endOtherSessions: {
    method: 'POST',
    path: '/api/v1/session/others/end',
    needsStepUp: true,
    answer: endedSessionsSchema,
  },
  listSessions: { method: 'GET', path: '/api/v1/sessions', action: 'manageSessions', answer: sessionsSchema },
  revokeSession: { method: 'POST', path: '/api/v1/sessions/:id/end', action: 'manageSessions' },
  revokeSessionsOf: {
    method: 'POST',
    path: '/api/v1/people/:id/sessions/end',
    action: 'manageSessions',
    answer: endedSessionsSchema,
  },
  readSessionPolicy: {
    method: 'GET',
    path: '/api/v1/session-policy',
    action: 'readConfiguration',
    answer: sessionPolicySchema,
  },
  putSessionPolicy: {
    method: 'PUT',
    path: '/api/v1/session-policy',
    action: 'manageIdentity',
    needsStepUp: true,
    body: sessionPolicySchema,
  },
} as const satisfies RouteTable

const FACTOR_ROUTES = {
  listPasskeys: {
    method: 'GET',
    path: '/api/v1/passkeys',
    answer: z.object({ passkeys: z.array(passkeySchema) }),
  },
  startPasskey: {
    method: 'POST',
    path: '/api/v1/passkeys/options',
    needsStepUp: true,
    answer: passkeyOptionsSchema,
  },
  addPasskey: { method: 'POST', path: '/api/v1/passkeys', needsStepUp: true, body: passkeyAddSchema },
  /** Only beside a passkey. */
  removeTotp: { method: 'POST', path: '/api/v1/totp/remove', needsStepUp: true },
  /** The last one stays. */
  revokePasskey: { method: 'POST', path: '/api/v1/passkeys/:id/revoke', needsStepUp: true },
} as const satisfies RouteTable

const IDENTITY_ROUTES = {
  listPeople: {
    method: 'GET',
    path: '/api/v1/people',
    action: 'manageIdentity',
    answer: z.object({ people: z.array(personSchema) }),
  },
  /** Whom ids stand for: for everybody who works with them, since who approves must know who asks. */
  listPeopleNames: {
    method: 'GET',
    path: '/api/v1/people/names',
    action: 'requestAccess',
    answer: z.object({ names: z.array(z.object({ id: slugSchema, name: z.string() })) }),
  },
  unlockPerson: { method: 'POST', path: '/api/v1/people/:id/unlock', action: 'manageIdentity' },
  invitePerson: {
    method: 'POST',
    path: '/api/v1/invitations',
    action: 'manageIdentity',
    needsStepUp: true,
    body: invitationInputSchema,
    answer: invitationSchema,
  },
  /** A new link for somebody who lost every passkey; the old ones and all sessions end when it is used. */
  reinvitePerson: {
    method: 'POST',
    path: '/api/v1/people/:id/reinvite',
    action: 'manageIdentity',
    needsStepUp: true,
    answer: invitationSchema,
  },
  listIdentityProviders: {
    method: 'GET',
    path: '/api/v1/identity-providers',
    action: 'manageIdentity',
    answer: z.object({ identityProviders: z.array(identityProviderSchema) }),
  },
  getIdentityProvider: {
    method: 'GET',
    path: '/api/v1/identity-providers/:id',
    action: 'manageIdentity',
    answer: identityProviderSchema,
  },
  putIdentityProvider: {
    method: 'PUT',
    path: '/api/v1/identity-providers/:id',
    action: 'manageIdentity',
    needsStepUp: true,
    body: identityProviderInputSchema,
    answer: identityProviderSchema,
  },
  disableIdentityProvider: {
    method: 'POST',
    path: '/api/v1/identity-providers/:id/disable',
    action: 'manageIdentity',
    needsStepUp: true,
  },
} as const satisfies RouteTable

export const PEOPLE_ROUTES = {
  ...SIGN_IN_ROUTES,
  ...SESSION_ROUTES,
  ...FACTOR_ROUTES,
  ...IDENTITY_ROUTES,
} as const satisfies RouteTable
