import { BASIS_PURPOSES, REFUSED_PURPOSES, residenciesIn, statedPurposeSchema } from '@breakwater/contract'
import type { Purpose } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Decision } from '../../features/policy/index.ts'
import type { Principal } from '../../features/principals/index.ts'
import type { BasisInForce } from '../../features/legal-bases/index.ts'
import { identifyService, isServedWithin } from '../../features/vendors/index.ts'
import { referToPatient } from '../../platform/patients/refer.ts'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Stage } from '../chain.ts'
import type { StageDeps } from '../deps.ts'
import { readDeclaredData, readEgressTools, readIsTraining } from '../declared.ts'
import type { Authorised, Parsed } from '../context.ts'
import { TOKEN_WORDS } from '../tokens/shape.ts'

const HEADER = 'Breakwater-Purpose'
const BASIS_HEADER = 'Breakwater-Basis'
const CLASSES: readonly string[] = Object.freeze(Object.keys(TOKEN_WORDS))
const NOTHING: ReadonlySet<string> = new Set()

/** Purpose of use, its legal basis, provider of the model, and the policy set's word on all (45 CFR 164.502(b), 164.506). */
export const authorise: Stage<Parsed, Authorised> = (context, deps) => {
  const { principal, body, exchange } = context
  const purpose = readPurpose(exchange.credentials.headers.get(HEADER), principal)
  return whenThere(findBasis(context, purpose, deps), (basis) =>
    whenThere(deps.providers.findByModel(principal.tenant, body.model), (provider) => {
      const asked = { ...context, purpose, basis, provider }
      return whenThere(decide(asked, deps), (decided) => ({ ...asked, ...decided }))
    }),
  )
}

type Decided = 'decision' | 'restorable' | 'egressTools'

/** The policy set's word on one provider; asked again for each that a request falls back to. Throws `policy.*`. */
export function decide(context: Omit<Authorised, Decided>, deps: StageDeps): Soon<Pick<Authorised, Decided>> {
  const { principal, body, endpoint, act, purpose, basis, provider, labels } = context
  const { headers } = context.exchange.credentials
  const service = identifyService(provider, body.model)
  const question = {
    principal,
    purpose,
    ...(basis && { basis }),
    ...readDeclaredData(headers),
    labels,
    isLocal: provider.isInternal && !service.isOfVendor,
    isResidencyKept: isServedWithin(service, residenciesIn(labels)),
    endpoint: endpoint.id,
    provider: provider.id,
    model: body.model,
  }
  const requireAllowed = (action: 'cross' | 'preview' | 'train', message: string): Soon<Decision> =>
    whenThere(deps.policy.decide({ ...question, action }), (decision) => {
      if (decision.isAllowed) return decision
      throw new AppError('policy.denied', { message })
    })
  return whenThere(requireAllowed(act, 'the policy set does not permit this to this role and purpose'), (decision) => {
    const training = readIsTraining(headers)
      ? requireAllowed('train', 'the policy set does not permit training to this role and purpose')
      : undefined
    return whenThere(training, () => {
      // Asked before anything is forwarded, so that no answer waits for it and none is changed by it half-way.
      const asking = principal.mayRestore ? deps.policy.decideRestore({ ...question, classes: CLASSES }) : undefined
      return whenThere(asking, (restorable) => ({
        decision,
        restorable: restorable?.classes ?? NOTHING,
        egressTools: [...readEgressTools(headers), ...(restorable?.obligations.egressTools ?? [])],
      }))
    })
  })
}

/** The record that `Breakwater-Basis` names, in force and open to this purpose, principal and patient. */
function findBasis(
  { exchange, principal, patient }: Parsed,
  purpose: Purpose,
  { legalBases, keyring }: StageDeps,
): Soon<BasisInForce | undefined> {
  const id = exchange.credentials.headers.get(BASIS_HEADER)
  if (id === null || id === '') {
    if (!BASIS_PURPOSES.some((known) => known === purpose)) return undefined
    const message = `this purpose needs a legal basis: name it in ${BASIS_HEADER}`
    throw new AppError('basis.none-in-force', { message, field: BASIS_HEADER })
  }
  const { tenant } = principal
  return legalBases.requireInForce({
    tenant,
    id,
    principal: principal.id,
    purpose,
    patient: patient === undefined ? undefined : referToPatient(keyring, tenant, patient),
  })
}

function readPurpose(stated: string | null, principal: Principal): Purpose {
  if (stated === null || stated === '') {
    if (principal.defaultPurpose !== undefined) return principal.defaultPurpose
    throw new AppError('purpose.missing', { message: `state the purpose of use in ${HEADER}`, field: HEADER })
  }
  const parsed = statedPurposeSchema.safeParse(stated)
  if (parsed.success && principal.purposes.includes(parsed.data)) return parsed.data
  if (parsed.success || REFUSED_PURPOSES.some((known) => known === stated)) {
    throw new AppError('purpose.not-permitted', {
      message: 'the purpose is not permitted to this principal, or needs a legal basis that is not on record',
      field: HEADER,
    })
  }
  throw new AppError('purpose.unknown', { message: 'not a known purpose of use', field: HEADER })
}
