import type { RouteName } from '@breakwater/contract'
import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useStepUp } from '../session/step-up.tsx'
import { ApiError } from './api-error.ts'
import type { AnswerOf, Arguments, InputOf } from './call.ts'
import { call } from './call.ts'

/** Does something that may need a step-up: the person is asked when the server says so, and it is done again. */
export function useSteppingUp(): <Answer>(send: () => Promise<Answer>) => Promise<Answer> {
  const askForStepUp = useStepUp()
  return async (send) => {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'auth.step-up-required') throw error
      await askForStepUp()
      return send()
    }
  }
}

/**
 * Does something by a route; then everything shown is read anew, because what one act changes elsewhere is the server's
 * knowledge.
 */
export function useAct<Name extends RouteName>(
  name: Name,
): UseMutationResult<AnswerOf<Name>, ApiError, InputOf<Name> | undefined> {
  const queryClient = useQueryClient()
  const steppingUp = useSteppingUp()
  return useMutation<AnswerOf<Name>, ApiError, InputOf<Name> | undefined>({
    mutationFn: async (input) => steppingUp(async () => call(name, ...([input] as Arguments<Name>))),
    onSettled: async () => queryClient.invalidateQueries(),
  })
}
