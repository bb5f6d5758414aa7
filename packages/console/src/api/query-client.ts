import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'

// Reading again by itself would keep a session alive that nobody sits at.
const FRESH_MS = 10_000

/** `onSessionLost` is told when a page that was being read turns out to have no session any more. */
export function createQueryClient(onSessionLost: (code: string) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSessionLost(error)) onSessionLost(error.code)
      },
    }),
    defaultOptions: {
      queries: { retry: false, staleTime: FRESH_MS, refetchOnWindowFocus: true, refetchOnReconnect: true },
      mutations: {
        retry: false,
        onError: (error) => {
          if (isSessionLost(error)) onSessionLost(error.code)
        },
      },
    },
  })
}

const LOST: ReadonlySet<string> = new Set(['auth.missing', 'auth.invalid', 'auth.session-expired'])

function isSessionLost(error: Error): error is ApiError {
  return error instanceof ApiError && LOST.has(error.code)
}
