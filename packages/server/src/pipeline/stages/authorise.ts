import { REFUSED_PURPOSES, statedPurposeSchema } from '@breakwater/contract'
import type { Purpose } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Principal } from '../../features/principals/index.ts'
import type { Stage } from '../chain.ts'
import type { Authorised, Parsed } from '../context.ts'
import { TOKEN_WORDS } from '../tokens/shape.ts'

const HEADER = 'Breakwater-Purpose'
const CLASSES = Object.keys(TOKEN_WORDS)
const NOTHING: ReadonlySet<string> = new Set()

/** Purpose of use, provider of the model, and the policy set's word on both (45 CFR 164.502(b), 164.506). */
export const authorise: Stage<Parsed, Authorised> = async (context, { policy, providers }) => {
  const { principal, body, endpoint } = context
  const purpose = readPurpose(context.request.headers.get(HEADER), principal)
  const provider = await providers.findByModel(principal.tenant, body.model)
  const question = { principal, purpose, endpoint: 'chat.completions', provider: provider.id, model: body.model }
  const decision = await policy.decide({ ...question, action: endpoint === 'preview' ? 'preview' : 'cross' })
  if (!decision.isAllowed) {
    throw new AppError('policy.denied', { message: 'the policy set does not permit this to this role and purpose' })
  }
  // Asked before anything is forwarded, so that no answer waits for it and none is changed by it half-way.
  const restorable = principal.mayRestore ? await policy.decideRestore({ ...question, classes: CLASSES }) : undefined
  return { ...context, purpose, provider, decision, restorable: restorable?.classes ?? NOTHING }
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
