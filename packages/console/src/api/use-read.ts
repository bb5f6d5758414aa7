import type { RouteName } from '@breakwater/contract'
import type { UseQueryResult } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import type { AnswerOf, Arguments } from './call.ts'
import { call } from './call.ts'

/** Reads a route and keeps its answer until something changes it. Keys hold route names and ids, never a value of a record. */
export function useRead<Name extends RouteName>(
  name: Name,
  input?: Arguments<Name>[0],
  { isEnabled = true }: { readonly isEnabled?: boolean } = {},
): UseQueryResult<AnswerOf<Name>, ApiError> {
  return useQuery<AnswerOf<Name>, ApiError>({
    queryKey: [name, input?.parameters ?? {}, input?.query ?? {}],
    queryFn: async () => call(name, ...([input] as Arguments<Name>)),
    enabled: isEnabled,
  })
}
