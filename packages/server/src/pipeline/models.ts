import { ENDPOINTS, statedPurposeSchema } from '@breakwater/contract'
import type { Purpose } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Principal } from '../features/principals/index.ts'
import type { Provider } from '../features/providers/index.ts'
import type { StageDeps } from './deps.ts'

/** A model as OpenAI's clients list it. Rows of providers have no date of a model: `created` is 0. */
interface ListedModel {
  readonly id: string
  readonly object: 'model'
  readonly created: 0
  readonly owned_by: string
}

/**
 * The models that this caller could reach at this second: a provider serves them, an agreement in force covers one of
 * their endpoints, and the policy set permits it, for the purpose stated or, without one, for any of the caller's.
 */
export async function listModels(
  principal: Principal,
  purpose: string | null,
  deps: Pick<StageDeps, 'providers' | 'agreements' | 'policy'>,
): Promise<readonly ListedModel[]> {
  const purposes = readPurposes(principal, purpose)
  const providers = await deps.providers.list(principal.tenant)
  const models = providers.flatMap((provider) =>
    provider.isDisabled || provider.kind === 'mcp' ? [] : provider.models.map((id) => ({ id, provider })),
  )
  const open = await Promise.all(
    models.map(async ({ id, provider }) => isOpen({ principal, purposes, provider, model: id }, deps)),
  )
  return models
    .filter((_, index) => open[index])
    .map(({ id, provider }): ListedModel => ({ id, object: 'model', created: 0, owned_by: provider.id }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

interface Question {
  readonly principal: Principal
  readonly purposes: readonly Purpose[]
  readonly provider: Provider
  readonly model: string
}

async function isOpen(
  { principal, purposes, provider, model }: Question,
  { agreements, policy }: Pick<StageDeps, 'agreements' | 'policy'>,
): Promise<boolean> {
  for (const purpose of purposes) {
    for (const endpoint of ENDPOINTS) {
      const scope = { endpoint, model, purpose }
      if (!(await isAgreed(agreements, { tenant: principal.tenant, provider, features: [], ...scope }))) continue
      const question = { principal, action: 'cross', provider: provider.id, ...scope } as const
      if ((await policy.decide(question)).isAllowed) return true
    }
  }
  return false
}

async function isAgreed(
  agreements: StageDeps['agreements'],
  scope: Parameters<StageDeps['agreements']['requireInForce']>[0],
): Promise<boolean> {
  try {
    await agreements.requireInForce(scope)
    return true
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'agreement.none-in-force') return false
    throw thrown
  }
}

/** Throws `purpose.not-permitted`, `purpose.unknown`. */
function readPurposes(principal: Principal, stated: string | null): readonly Purpose[] {
  if (stated === null || stated === '') return principal.purposes
  const parsed = statedPurposeSchema.safeParse(stated)
  const field = 'Breakwater-Purpose'
  if (!parsed.success) throw new AppError('purpose.unknown', { message: 'not a known purpose of use', field })
  if (principal.purposes.includes(parsed.data)) return [parsed.data]
  throw new AppError('purpose.not-permitted', { message: 'the purpose is not permitted to this principal', field })
}
