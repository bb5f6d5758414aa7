import { z } from 'zod'
import { ACTIONS } from './actions.ts'
import { PURPOSES } from './purpose.ts'

/** What a credential is narrowed to: an action (`cross`), or an action for one purpose of use (`cross:TREAT`). */
export const scopeSchema = z
  .string()
  .max(64)
  .refine((scope) => {
    const [action, purpose, ...rest] = scope.split(':')
    const isPurpose = purpose === undefined || PURPOSES.some((known) => known === purpose)
    return rest.length === 0 && isPurpose && ACTIONS.some((known) => known === action)
  }, 'an action, or action:PURPOSE')
export const scopesSchema = z.array(scopeSchema).min(1).max(50)
