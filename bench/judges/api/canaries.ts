import { randomBytes } from 'node:crypto'
import type { App } from '@breakwater/server/testing'
import { seedPolicy } from '@breakwater/server/testing'

/** What another tenant keeps: texts that no answer may hold, and ids that callers of this tenant ask for all the same. */
export interface Canaries {
  readonly texts: readonly string[]
  readonly ids: readonly string[]
}

const TENANT = 'other'
const DAY_MS = 86_400_000

/** Plants rows of a second tenant, through the services that its own administrators would use. */
export async function plantCanaries({ services }: App): Promise<Canaries> {
  const texts: string[] = []
  const canary = (): string => {
    const text = `canary-${randomBytes(12).toString('hex')}`
    texts.push(text)
    return text
  }
  const actor = { tenant: TENANT, id: canary() }
  const caller = {
    ...actor,
    kind: 'human',
    roles: ['administrator'],
    purposes: [],
    mayRestore: false,
    session: { id: 'one', isMfa: true, isPhishingResistant: true, authenticatedAt: new Date() },
  } as const
  await services.principals.ensureTenant(actor)
  await seedPolicy(services)
  const [provider, agreement, robot] = ['their-provider', 'their-agreement', 'their-robot']
  const service = { kind: 'service', roles: ['application'], purposes: ['TREAT'], mayRestore: false } as const
  await services.principals.put(actor, { ...service, id: robot })
  await services.principals.put(actor, { ...service, id: canary() })
  const { token, sha256 } = await services.principals.issueToken(actor, robot, { ttlSeconds: 3_600, isSeed: true })
  texts.push(token)
  await services.providers.put(actor, {
    id: provider,
    kind: 'demo',
    isInternal: true,
    allowedAddresses: [],
    models: [canary()],
  })
  await services.agreements.put(actor, {
    id: agreement,
    kind: 'internal',
    provider,
    endpoints: ['chat.completions'],
    models: [canary()],
    purposes: ['TREAT'],
    effectiveFrom: new Date(),
    effectiveTo: new Date(Date.now() + DAY_MS),
  })
  const { url } = await services.invitations.invite(actor, { name: canary(), roles: ['administrator'] })
  texts.push(new URL(url).hash.slice(1))
  const exception = await services.access.exceptions.propose(caller, {
    kind: 'api-key',
    subject: canary(),
    owner: robot,
    seconds: 3_600,
    justification: 'the vendor cannot sign yet',
  })
  return { texts, ids: [provider, agreement, robot, sha256, exception.id] }
}
