import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { createQueryClient } from '../api/query-client.ts'
import { theme } from '../ui/theme.ts'
import { router } from './router.tsx'
import type { SessionEnd } from './session-end.ts'
import { SessionEndContext } from './session-end.ts'

/** The whole console. */
export function App(): React.JSX.Element {
  const [end, setEnd] = useState<SessionEnd>()
  const [queryClient] = useState(() => createQueryClient(() => setEnd('expired')))
  const sessionEnd = useMemo(() => ({ end, setEnd }), [end])
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <SessionEndContext value={sessionEnd}>
          <RouterProvider router={router} />
        </SessionEndContext>
      </QueryClientProvider>
    </MantineProvider>
  )
}
