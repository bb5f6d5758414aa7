import { setTimeout as sleep } from 'node:timers/promises'
import { OPEN_PURPOSES } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Services } from '../app.ts'
import { HOME_TENANT } from '../app.ts'
import { readStarterFacts } from '../features/vendors/index.ts'
import { readPolicyFolder } from '../features/policy/index.ts'
import type { IssuedToken, Principal } from '../features/principals/index.ts'

/** In the ledger, what the program did by itself. */
const ACTOR = { tenant: HOME_TENANT, id: 'breakwater' }
const TOKEN_TTL_SECONDS = 90 * 86_400
const LOOPBACK = ['127.0.0.0/8', '::1/128']
const AGREEMENT_YEARS = 10
// Longer apart than a replica keeps what it has read.
const BETWEEN_ATTEMPTS_MS = 1_100
const MAX_ATTEMPTS = 3

const PRINCIPALS: readonly Omit<Principal, 'tenant'>[] = [
  {
    id: 'app',
    kind: 'service',
    roles: ['application'],
    purposes: OPEN_PURPOSES,
    defaultPurpose: 'TREAT',
    mayRestore: true,
  },
  { id: 'admin', kind: 'human', roles: ['administrator'], purposes: [], mayRestore: false },
]

/**
 * What a first start needs, through the same services and with the same ledger entries as everything later: tenant,
 * shipped policy set, built-in provider with the agreement that covers it, two principals. What is there stays as it is,
 * so an attempt that was cut off can be repeated.
 */
export async function seedHome(services: Services, clock: Clock): Promise<void> {
  const { principals, providers, agreements } = services
  const { tenant } = ACTOR
  await seedPolicy(services)
  if ((await providers.list(tenant)).length === 0) {
    const demo = { id: 'demo', kind: 'demo', isInternal: true, allowedAddresses: [], models: ['demo'] } as const
    await providers.put(ACTOR, demo)
  }
  if ((await agreements.list(tenant)).length === 0) {
    const effectiveFrom = clock.now()
    const effectiveTo = new Date(effectiveFrom)
    effectiveTo.setUTCFullYear(effectiveFrom.getUTCFullYear() + AGREEMENT_YEARS)
    await agreements.put(ACTOR, {
      id: 'demo',
      kind: 'internal',
      provider: 'demo',
      endpoints: ['chat.completions'],
      models: ['*'],
      purposes: OPEN_PURPOSES,
      effectiveFrom,
      effectiveTo,
    })
  }
  const known = new Set((await principals.list(tenant)).map(({ id }) => id))
  for (const principal of PRINCIPALS) if (!known.has(principal.id)) await principals.put(ACTOR, principal)
}

/** What the first administrator of any installation needs: the tenant, and the shipped policy set unless one is active. */
export async function seedPolicy({ principals, policy }: Services): Promise<void> {
  await principals.ensureTenant(ACTOR)
  if (!(await isActive(policy))) await policy.activate(ACTOR, await readPolicyFolder())
}

/** What this version knows of vendors, for a tenant that has nothing of it: to be confirmed (decision 0012). */
async function seedVendors({ vendors }: Pick<Services, 'vendors'>): Promise<void> {
  if ((await vendors.list(HOME_TENANT)).length > 0) return
  await vendors.import(ACTOR, await readStarterFacts())
}

/** A token of a seeded principal. */
export async function issueSeedToken({ principals }: Services, id: 'app' | 'admin'): Promise<IssuedToken> {
  const options = { ttlSeconds: TOKEN_TTL_SECONDS, ranges: LOOPBACK, reason: 'bootstrap', isSeed: true } as const
  return principals.issueToken(ACTOR, id, options)
}

/**
 * What a gateway or worker of any environment needs before it can be asked anything, whichever of them starts first: those
 * that start together may meet, and the one that came second waits for what the first made.
 */
export async function ensureInstallation(services: Services): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await seedPolicy(services)
      await seedVendors(services)
      return
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error
      await sleep(BETWEEN_ATTEMPTS_MS)
    }
  }
}

async function isActive(policy: Services['policy']): Promise<boolean> {
  try {
    await policy.requireActive(HOME_TENANT)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'policy.unavailable') return false
    throw error
  }
}
