import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'

// Reading again by itself would keep a session alive that nobody sits at.
const FRESH_MS = 10_000

const LOST: ReadonlySet<string> = new Set(['auth.missing', 'auth.invalid', 'auth.session-expired'])

/** `onSessionLost` is told when an answer says that there is no session any more, once there was one. */
export function createQueryClient(onSessionLost: () => void): QueryClient {
  const watch = (error: Error): void => {
    if (!(error instanceof ApiError) || !LOST.has(error.code)) return
    const hadSession = queryClient.getQueryCache().find({ queryKey: ['readSession'], exact: false })?.state.data
    if (error.code !== 'auth.session-expired' && hadSession === undefined) return
    queryClient.clear()
    onSessionLost()
  }
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: { queries: { retry: false, staleTime: FRESH_MS }, mutations: { retry: false } },
  })
  return queryClient
}
