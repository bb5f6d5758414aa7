import { Loader } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiError } from '../api/api-error.ts'
import { Problem } from './problem.tsx'

interface LoadedProps<Data> {
  readonly of: UseQueryResult<Data, ApiError>
  readonly children: (data: Data) => ReactNode
}

/** Shows what was read, or why it could not be. */
export function Loaded<Data>({ of: query, children }: LoadedProps<Data>): React.JSX.Element {
  if (query.data !== undefined && !query.isError) return <>{children(query.data)}</>
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />
  return <Loading />
}

/** While something is read. */
export function Loading(): React.JSX.Element {
  return <Loader size="sm" type="dots" aria-label="Reading" />
}
