import type { RouteName } from '@breakwater/contract'
import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useStepUp } from '../session/step-up.tsx'
import { ApiError } from './api-error.ts'
import type { AnswerOf, Arguments, InputOf } from './call.ts'
import { call } from './call.ts'

/**
 * Does something by a route; then everything shown is read anew, because what one act changes elsewhere is the server's
 * knowledge. When the server asks for a step-up, the person is asked, and the act is sent again.
 */
export function useAct<Name extends RouteName>(
  name: Name,
): UseMutationResult<AnswerOf<Name>, ApiError, InputOf<Name> | undefined> {
  const queryClient = useQueryClient()
  const askForStepUp = useStepUp()
  return useMutation<AnswerOf<Name>, ApiError, InputOf<Name> | undefined>({
    mutationFn: async (input) => {
      const send = async (): Promise<AnswerOf<Name>> => call(name, ...([input] as Arguments<Name>))
      try {
        return await send()
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'auth.step-up-required') throw error
        await askForStepUp()
        return send()
      }
    },
    onSettled: async () => queryClient.invalidateQueries(),
  })
}
