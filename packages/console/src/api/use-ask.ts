import type { RouteName } from '@breakwater/contract'
import type { UseMutationResult } from '@tanstack/react-query'
import { useMutation } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import type { AnswerOf, Arguments, InputOf } from './call.ts'
import { call } from './call.ts'
import { useSteppingUp } from './use-act.ts'

/**
 * Asks a route once, when a person says so: for what is recorded each time it is read, and for what holds texts. Nothing else
 * is read anew by it, and the answer is forgotten with the page.
 */
export function useAsk<Name extends RouteName>(
  name: Name,
): UseMutationResult<AnswerOf<Name>, ApiError, InputOf<Name> | undefined> {
  const steppingUp = useSteppingUp()
  return useMutation<AnswerOf<Name>, ApiError, InputOf<Name> | undefined>({
    mutationFn: async (input) => steppingUp(async () => call(name, ...([input] as Arguments<Name>))),
    gcTime: 0,
  })
}
