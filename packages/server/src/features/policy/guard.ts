import type { Action, Route } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { MiddlewareHandler } from 'hono'
import { readCredentials } from '../../platform/http/credentials.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { toAppError } from '../../platform/http/problem.ts'
import { isSteppedUp, requirePhishingResistance, requireStepUp } from '../../platform/http/step-up.ts'
import type { Authenticator } from '../authentication/index.ts'
import type { Principal } from '../principals/index.ts'
import type { Decision, PolicyService } from './types.ts'

/** A refusal of somebody known, for the ledger. */
export interface Refusal {
  readonly principal: Principal
  readonly action: Action | 'whoami'
  readonly code: string
  /** The policy set that refused, when one did. */
  readonly setSha256?: string
}

export interface GuardDeps {
  readonly authenticator: Authenticator
  readonly policy: Pick<PolicyService, 'decide'>
  readonly clock: Clock
  /** Durable when it resolves. */
  readonly recordRefusal: (refusal: Refusal) => Promise<void>
}

/** Lets a request through when its principal may do this; records it when it is refused, here or further in. */
export type Guard = (
  action?: Action,
  options?: Pick<Route, 'needsPhishingResistance' | 'needsStepUp'>,
) => MiddlewareHandler<ServerEnv>

export function createGuard({ authenticator, policy, clock, recordRefusal }: GuardDeps): Guard {
  async function decide(
    principal: Principal,
    action: Action,
    refuse: (error: AppError) => Promise<void>,
  ): Promise<Decision> {
    try {
      return await policy.decide({ principal, action })
    } catch (thrown) {
      await refuse(toAppError(thrown))
      throw thrown
    }
  }

  return (action, { needsStepUp, needsPhishingResistance } = {}) =>
    async (c, next) => {
      const principal = await authenticator.authenticate(readCredentials(c))
      c.set('caller', principal)
      const refuse = async (error: AppError, setSha256?: string): Promise<void> =>
        recordRefusal({ principal, action: action ?? 'whoami', code: error.code, ...(setSha256 && { setSha256 }) })

      if (action) {
        const decision = await decide(principal, action, refuse)
        if (!decision.isAllowed) {
          // Where the factors' age is all that is missing, the person is asked for them: the policies said no for that alone.
          const { session } = principal
          if (needsStepUp && session && !isSteppedUp(principal, clock)) {
            const fresh = { ...principal, session: { ...session, authenticatedAt: clock.now() } }
            if ((await policy.decide({ principal: fresh, action })).isAllowed) {
              await refuse(
                new AppError('auth.step-up-required', { message: 'the factors were shown too long ago' }),
                decision.setSha256,
              )
              requireStepUp(principal, clock)
            }
          }
          const denied = new AppError('policy.denied', { message: `the policy set does not permit ${action}` })
          await refuse(denied, decision.setSha256)
          throw denied
        }
      }
      try {
        if (needsStepUp) requireStepUp(principal, clock)
        if (needsPhishingResistance) requirePhishingResistance(principal)
      } catch (thrown) {
        await refuse(toAppError(thrown))
        throw thrown
      }
      await next()
      // Hono has answered the error by now and kept it here.
      if (c.error) await refuse(toAppError(c.error))
    }
}
