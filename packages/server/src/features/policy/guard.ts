import { AppError } from '@breakwater/kernel'
import type { MiddlewareHandler } from 'hono'
import { readBearer } from '../../platform/http/bearer.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { toAppError } from '../../platform/http/problem.ts'
import type { Principal, PrincipalService } from '../principals/index.ts'
import type { PolicyAction, PolicyService } from './types.ts'

/** A refusal of somebody known, for the ledger. */
export interface Refusal {
  readonly principal: Principal
  readonly action: PolicyAction | 'whoami'
  readonly code: string
  /** The policy set that refused, when one did. */
  readonly setSha256?: string
}

export interface GuardDeps {
  readonly principals: Pick<PrincipalService, 'authenticate'>
  readonly policy: Pick<PolicyService, 'decide'>
  /** Durable when it resolves. */
  readonly recordRefusal: (refusal: Refusal) => Promise<void>
}

/** Lets a request through when its principal may do this; records it when it is refused, here or further in. */
export type Guard = (action?: PolicyAction) => MiddlewareHandler<ServerEnv>

export function createGuard({ principals, policy, recordRefusal }: GuardDeps): Guard {
  return (action) => async (c, next) => {
    const principal = await principals.authenticate(readBearer(c.req.header('authorization')))
    c.set('caller', principal)
    const refuse = async (error: AppError, setSha256?: string): Promise<void> =>
      recordRefusal({ principal, action: action ?? 'whoami', code: error.code, ...(setSha256 && { setSha256 }) })

    if (action) {
      const decision = await policy.decide({ principal, action }).catch(async (thrown: unknown) => {
        await refuse(toAppError(thrown))
        throw thrown
      })
      if (!decision.isAllowed) {
        const denied = new AppError('policy.denied', { message: `the policy set does not permit ${action}` })
        await refuse(denied, decision.setSha256)
        throw denied
      }
    }
    await next()
    // Hono has answered the error by now and kept it here.
    if (c.error) await refuse(toAppError(c.error))
  }
}
