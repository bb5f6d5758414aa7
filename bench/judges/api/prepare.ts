import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { ASSERTION_TYPE, BASIS_RULES } from '@breakwater/contract'
import type { RouteName } from '@breakwater/contract'
import { readPolicyCases, readPolicyFolder } from '@breakwater/server'
import { createSoftwareAuthenticator, createTestService, makeKey, TOKEN_URL } from '@breakwater/server/testing'
import { prepareDevices, prepareTotp } from './factors.ts'
import type { Holder, Person, World } from './world.ts'
import { HOME_TENANT, PUBLIC_URL } from './world.ts'

type Json = Readonly<Record<string, unknown>>

/** A request of a route that a caller with the right would have answered by a 2xx. */
export interface Example {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Of the routes that the contract does not list, those that are asked too. */
export type JudgedRoute = RouteName | 'cross' | 'preview'

/** One example a route at most; without one a route is asked as schemathesis sees fit. */
export type Examples = Readonly<Partial<Record<JudgedRoute, Example>>>

/** People who stand ready to ask, open and propose, so that somebody else may answer. */
export interface Cast {
  readonly administrator: Person
  readonly officer: Person
  readonly scientist: Person
}

const DAY_MS = 86_400_000
// What a lock-out takes.
const MAX_FAILURES = 5
const WHY = 'the night shift watches the log while the auditors sleep'
const ACCESS = { roles: ['auditor'], seconds: 1_800, reason: 'on-call', justification: WHY }
const EXCEPTION = { kind: 'api-key', subject: 'somewhere', seconds: 3_600, justification: WHY }
const FREEZE = { reason: 'drill', target: { scope: 'provider', provider: 'spare' } }

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()
const slug = (kind: string): string => `${kind}-${randomBytes(4).toString('hex')}`

/** Makes what each route of one run needs, anew, since most of it can be used up. `self` is who asks in that run, `only` its one route. */
export async function prepareExamples(
  world: World,
  cast: Cast,
  self: Person | Holder | { readonly id: string },
  only?: JudgedRoute,
): Promise<Examples> {
  const person = 'call' in self ? self : undefined
  const parts = await Promise.all([
    prepareAccess(cast, self.id, person),
    prepareBreakGlass(world, cast, only === 'closeBreakGlass' ? person : undefined),
    preparePeople(world, cast, person, only),
    preparePolicy(world, cast),
    prepareServices(world, cast),
    prepareDevices(world),
  ])
  return Object.assign({}, ...parts, fixedExamples(self.id)) as Examples
}

async function ask(person: Person, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await person.call(method, path, body)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? {} : Object(JSON.parse(text))
}

async function prepareAccess(cast: Cast, selfId: string, self: Person | undefined): Promise<Examples> {
  const { administrator, officer, scientist } = cast
  const request = async (by: Person): Promise<string> =>
    String((await ask(by, 'POST', '/api/v1/access-requests', ACCESS))['id'])
  const grantOf = async (id: string): Promise<string> =>
    String((await ask(officer, 'POST', `/api/v1/access-requests/${id}/approve`))['id'])
  const except = async (): Promise<string> => {
    const body = { ...EXCEPTION, owner: scientist.id }
    return String((await ask(administrator, 'POST', '/api/v1/exceptions', body))['id'])
  }
  const freeze = async (): Promise<string> =>
    String((await ask(administrator, 'POST', '/api/v1/freezes', FREEZE))['id'])
  const [approve, deny, withdraw, grant] = [
    await request(scientist),
    await request(scientist),
    await request(self ?? scientist),
    await grantOf(await request(scientist)),
  ]
  const lifting = await freeze()
  await ask(administrator, 'POST', `/api/v1/freezes/${lifting}/propose-lift`)
  const campaign = await ask(administrator, 'POST', '/api/v1/recertifications', {
    scope: ['grant'],
    reviewers: [selfId, administrator.id, officer.id],
    dueAt: inDays(30),
  })
  const { items } = await ask(administrator, 'GET', `/api/v1/recertifications/${String(campaign['id'])}`)
  const item = String(Object(Object(items)[0])['id'])
  const id = (value: string): Example => ({ path: { id: value } })
  return {
    requestAccess: { body: ACCESS },
    approveAccessRequest: id(approve),
    denyAccessRequest: id(deny),
    withdrawAccessRequest: id(withdraw),
    endGrant: id(grant),
    openBreakGlass: { body: { reason: 'emergency-treatment', justification: WHY, seconds: 600 } },
    proposeException: { body: { ...EXCEPTION, owner: scientist.id } },
    approveException: id(await except()),
    endException: id(await except()),
    freeze: { body: FREEZE },
    previewFreeze: { body: FREEZE },
    proposeUnfreeze: id(await freeze()),
    unfreeze: id(lifting),
    startRecertification: {
      body: { scope: ['grant'], reviewers: [selfId, administrator.id, officer.id], dueAt: inDays(30) },
    },
    getRecertification: id(String(campaign['id'])),
    answerRecertification: { path: { id: String(campaign['id']), item }, body: { answer: 'keep' } },
  }
}

/** One to confirm, one to review, and one of `self` to close. */
async function prepareBreakGlass(world: World, { officer }: Cast, self: Person | undefined): Promise<Examples> {
  const open = async (by: Person, control: 'review' | 'second-person'): Promise<string> => {
    const body = { reason: 'emergency-treatment', justification: WHY, control }
    return String((await ask(by, 'POST', '/api/v1/break-glass', body))['id'])
  }
  const [waiting, over] = [await world.signIn('clinician'), await world.signIn('clinician')]
  const [confirmed, reviewed] = [await open(waiting, 'second-person'), await open(over, 'review')]
  await ask(over, 'POST', `/api/v1/break-glass/${reviewed}/close`)
  const { alerts } = await ask(officer, 'GET', '/api/v1/alerts')
  const fresh = (alerts as readonly Json[]).find(({ acknowledgedAt }) => acknowledgedAt === undefined)
  return {
    ...(fresh && { acknowledgeAlert: { path: { id: String(fresh['id']) } } }),
    confirmBreakGlass: { path: { id: confirmed } },
    reviewBreakGlass: { path: { id: reviewed }, body: { finding: 'justified' } },
    ...(self && { closeBreakGlass: { path: { id: await open(self, 'review') } } }),
  }
}

async function preparePeople(
  world: World,
  { administrator }: Cast,
  self: Person | Holder | undefined,
  only: JudgedRoute | undefined,
): Promise<Examples> {
  const victim = await world.signIn('auditor')
  const [locked, watched] = [await world.signIn('auditor'), await world.signIn('auditor')]
  for (let attempt = 0; attempt < MAX_FAILURES; attempt++) {
    const options = await locked.options('/api/v1/sign-in/passkey/options')
    await locked.call('POST', '/api/v1/sign-in/passkey', {
      response: locked.authenticator.get(options, { isForged: true }),
    })
  }
  if ((await locked.signInByPasskey()).ok) throw new Error('not locked out')
  const sessionOf = async (person: Person): Promise<string> =>
    String(Object((await ask(person, 'GET', '/api/v1/session'))['session'])['id'])
  const invite = async (): Promise<string> => {
    const { url } = await ask(administrator, 'POST', '/api/v1/invitations', {
      name: 'somebody new',
      roles: ['privacy-officer'],
    })
    return new URL(String(url)).hash.slice(1)
  }
  const [first, second, third] = [await invite(), await invite(), await invite()]
  const holder = self && 'password' in self ? self : await world.enrolHolder('auditor')
  const newcomer = createSoftwareAuthenticator(PUBLIC_URL)
  const { options } = await ask(victim, 'POST', '/api/v1/enrol/options', { token: second })
  const signIn = victim.authenticator.get(await victim.options('/api/v1/sign-in/passkey/options'))
  return {
    finishPasskeySignIn: { body: { response: signIn } },
    startEnrolment: { body: { token: first } },
    startTotpEnrolment: { body: { token: third } },
    finishEnrolment: { body: { token: second, response: newcomer.create(Object(options)), label: 'key' } },
    revokeSession: { path: { id: await sessionOf(watched) } },
    revokeSessionsOf: { path: { id: victim.id } },
    reinvitePerson: { path: { id: victim.id } },
    unlockPerson: { path: { id: locked.id } },
    ...(self && (await prepareOwn(self))),
    ...(await prepareTotp(world, only, holder, third)),
  }
}

/** A second passkey to revoke and a third to add, another session to end, and the answer to a challenge to step up. */
async function prepareOwn(self: Person): Promise<Examples> {
  const devices = [createSoftwareAuthenticator(PUBLIC_URL), createSoftwareAuthenticator(PUBLIC_URL)] as const
  const create = async (device: (typeof devices)[number]): Promise<Json> =>
    device.create(await self.options('/api/v1/passkeys/options'))
  const [spare, added] = [await create(devices[0]), await create(devices[1])]
  await ask(self, 'POST', '/api/v1/passkeys', { response: spare, label: 'spare' })
  const elsewhere = self.copy({})
  elsewhere.cookies.clear()
  await elsewhere.signInByPasskey()
  const other = Object(await (await elsewhere.call('GET', '/api/v1/session')).json())
  const stepUp = self.authenticator.get(await self.options('/api/v1/session/step-up/passkey/options'))
  return {
    addPasskey: { body: { response: added, label: 'third' } },
    revokePasskey: { path: { id: String(spare['id']) } },
    endOwnSession: { path: { id: String(other.session.id) } },
    finishPasskeyStepUp: { body: { response: stepUp } },
  }
}

async function preparePolicy(world: World, { administrator, scientist }: Cast): Promise<Examples> {
  const { services } = world.replica
  const set = await readPolicyFolder()
  const cases = await readPolicyCases()
  const withRule = (name: string): typeof set => ({
    ...set,
    policies: {
      ...set.policies,
      [name]: `forbid(principal, action == Action::"cross", resource) when { context.labels.contains("${name}") };`,
    },
  })
  const author = { tenant: HOME_TENANT, id: scientist.id }
  const approver = {
    ...author,
    id: 'somebody-else',
    kind: 'human',
    roles: [],
    purposes: [],
    mayRestore: false,
  } as const
  const draft = async (): Promise<string> =>
    (await services.policyDrafts.draft(author, withRule(slug('rule')), cases)).draft.sha256
  const [waiting, approved] = [await draft(), await draft()]
  await services.policyDrafts.approve(approver, approved)
  const active = await ask(administrator, 'GET', '/api/v1/policy/active')
  const upload = withRule(slug('rule'))
  const policies = Object.entries(upload.policies).map(([id, text]) => ({ id, text }))
  const question = { principal: { roles: ['application'] }, action: 'cross', purpose: 'TREAT' }
  const resource = { kind: 'feature-store', id: 'one' }
  return {
    getPolicySet: { path: { sha256: String(active['sha256']) } },
    explainPolicy: { body: question },
    draftPolicySet: { body: { schema: upload.schema, policies, cases: cases.slice(0, 20) } },
    testPolicyDraft: { path: { sha256: waiting }, body: { cases: cases.slice(0, 20) } },
    approvePolicyDraft: { path: { sha256: waiting } },
    activatePolicyDraft: { path: { sha256: approved } },
    decide: { body: { action: 'readData', resource, purpose: 'TREAT', fields: ['diagnosis'] } },
  }
}

async function prepareServices({ replica: { services } }: World, { administrator }: Cast): Promise<Examples> {
  const by = { tenant: HOME_TENANT, id: administrator.id }
  const id = slug('service')
  await services.principals.put(by, {
    id,
    kind: 'service',
    roles: ['application'],
    purposes: ['TREAT'],
    mayRestore: false,
  })
  const disabled = slug('service')
  await services.principals.put(by, {
    id: disabled,
    kind: 'service',
    roles: ['application'],
    purposes: [],
    mayRestore: false,
  })
  const { sha256 } = await services.principals.issueToken(by, id, { ttlSeconds: 3_600, isSeed: true })
  const [key, proofKey, another, retired] = [await makeKey(), await makeKey(), await makeKey(), await makeKey()]
  for (const service of [id, disabled]) {
    await ask(administrator, 'PUT', `/api/v1/services/${service}`, { scopes: ['cross'] })
  }
  for (const { jwk } of [key, retired]) await ask(administrator, 'POST', `/api/v1/services/${id}/keys`, { jwk })
  const clock = { now: () => new Date() }
  const client = createTestService({ clock }, `${HOME_TENANT}.${id}`, key, proofKey, async () => new Response())
  const issuer = slug('issuer')
  const issuerInput = {
    issuer: `https://${issuer}.example`,
    audience: 'breakwater',
    keys: [{ ...another.jwk, kid: 'k1', alg: 'ES256' }],
  }
  await ask(administrator, 'PUT', `/api/v1/actor-issuers/${issuer}`, issuerInput)
  const provider = slug('provider')
  const providerInput = { kind: 'demo', isInternal: true, allowedAddresses: [], models: [provider] }
  await ask(administrator, 'PUT', `/api/v1/providers/${provider}`, providerInput)
  const agreement = slug('agreement')
  const agreementInput = {
    kind: 'internal',
    provider,
    endpoints: ['chat.completions'],
    models: ['*'],
    purposes: ['TREAT'],
    effectiveFrom: inDays(-1),
    effectiveTo: inDays(1),
  }
  await ask(administrator, 'PUT', `/api/v1/agreements/${agreement}`, agreementInput)
  const basis = slug('basis')
  const basisInput = {
    kind: 'waiver',
    purposes: ['HRESCH'],
    dataClass: 'phi',
    principals: [id],
    elements: BASIS_RULES.waiver.elements,
    documentSha256: createHash('sha256').update('waiver').digest('hex'),
    effectiveFrom: inDays(-1),
    expiresAt: inDays(1),
  }
  await ask(administrator, 'PUT', `/api/v1/legal-bases/${basis}`, basisInput)
  const identityProvider = slug('idp')
  const identityInput = {
    label: 'Hospital',
    issuer: `https://${identityProvider}.example`,
    clientId: 'breakwater',
    clientAuthentication: 'private_key_jwt',
    credentialFile: 'idp.pem',
    groups: [{ group: 'nurses', roles: ['clinician'] }],
    mfa: { acr: ['mfa'] },
    phishingResistant: {},
  }
  const retiredProvider = slug('idp')
  for (const name of [identityProvider, retiredProvider]) {
    const body = { ...identityInput, issuer: `https://${name}.example` }
    await ask(administrator, 'PUT', `/api/v1/identity-providers/${name}`, body)
  }
  const scimToken = async (): Promise<string> => {
    const body = { identityProvider }
    return String((await ask(administrator, 'POST', '/api/v1/scim-tokens', body))['id'])
  }
  const path = (value: string): { readonly path: Example['path'] & object } => ({ path: { id: value } })
  return {
    putPrincipal: {
      ...path(id),
      body: { kind: 'service', roles: ['application'], purposes: ['TREAT'], mayRestore: false },
    },
    disablePrincipal: path(disabled),
    issueToken: { ...path(id), body: { ttlSeconds: 3_600 } },
    revokeToken: { path: { id, sha256 } },
    getService: path(id),
    putService: { ...path(id), body: { scopes: ['cross'] } },
    disableService: path(disabled),
    addServiceKey: { ...path(id), body: { jwk: another.jwk } },
    retireServiceKey: { path: { id, kid: retired.kid }, body: { graceSeconds: 60 } },
    putActorIssuer: { ...path(issuer), body: issuerInput },
    disableActorIssuer: path(issuer),
    getProvider: path(provider),
    putProvider: { ...path(provider), body: providerInput },
    disableProvider: path(provider),
    getAgreement: path(agreement),
    putAgreement: { ...path(agreement), body: agreementInput },
    terminateAgreement: path(agreement),
    putLegalBasis: { ...path(basis), body: basisInput },
    endLegalBasis: { ...path(basis), body: { reason: 'revoked' } },
    getIdentityProvider: path(identityProvider),
    putIdentityProvider: { ...path(identityProvider), body: identityInput },
    disableIdentityProvider: path(retiredProvider),
    issueScimToken: { body: { identityProvider } },
    revokeScimToken: path(await scimToken()),
    startOidcSignIn: { ...path(identityProvider), body: {} },
    issueAccessToken: {
      headers: { dpop: await client.proof('POST', TOKEN_URL) },
      body: {
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await client.assertion(),
        scope: 'cross',
      },
    },
  }
}

function fixedExamples(selfId: string): Examples {
  const chat = { model: 'demo', messages: [{ role: 'user', content: 'Summarise: John Falkner, seen on 3 May 2024.' }] }
  return {
    cross: { headers: { 'breakwater-purpose': 'TREAT' }, body: chat },
    preview: { headers: { 'breakwater-purpose': 'TREAT' }, body: chat },
    readLedger: { query: { after: -1, limit: 10 } },
    putSessionPolicy: { body: { idleSeconds: 900, absoluteSeconds: 28_800, onConcurrentUse: 'flag', maxSessions: 5 } },
    invitePerson: { body: { name: 'somebody else', roles: ['security-officer'] } },
    rotateKey: { body: { objectClass: 'patient-record' } },
    rotateKeyring: { body: { label: 'data' } },
    recordKekEvent: {
      body: { provider: 'local', kekId: selfId, kekVersion: '1', event: 'disabled', happenedAt: inDays(-1) },
    },
    shredKeys: { body: { patient: randomUUID() } },
    readReachability: { body: { patient: randomUUID(), at: inDays(0) } },
    startPasskeySignIn: { body: {} },
  }
}
