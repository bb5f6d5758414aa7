import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo } from 'react'
import { call } from '../api/call.ts'
import { useRead } from '../api/use-read.ts'
import { LogInPage } from '../pages/log-in.tsx'
import { IdleWatch } from '../session/idle-watch.tsx'
import { takePage } from '../session/return-to.ts'
import type { Session } from '../session/session.ts'
import { SessionContext } from '../session/session.ts'
import { StepUpProvider } from '../session/step-up.tsx'
import { Loaded } from '../ui/loaded.tsx'
import type { SessionEnd } from './session-end.ts'
import { useSessionEnd } from './session-end.ts'
import { Shell } from './shell.tsx'

/** Lets in who is logged in; everybody else sees the log-in page at the same address, and is there afterwards. */
export function Gate(): React.JSX.Element {
  const { end, setEnd } = useSessionEnd()
  const current = useRead('readSession', undefined, { isEnabled: end === undefined })
  if (end !== undefined) return <LogInPage end={end} onDone={() => setEnd(undefined)} />
  if (current.error?.status === 401) return <LogInPage onDone={() => void current.refetch()} />
  return <Loaded of={current}>{() => <Inside />}</Loaded>
}

function Inside(): React.JSX.Element | undefined {
  const { setEnd } = useSessionEnd()
  const queryClient = useQueryClient()
  const current = useRead('readSession').data
  const permitted = useRead('listPermittedActions')
  const mayKnowNames = permitted.data?.actions.includes('requestAccess') ?? false
  const names = useRead('listPeopleNames', undefined, { isEnabled: mayKnowNames })
  const leave = useCallback(
    (end: SessionEnd) => {
      const forget = (): void => {
        queryClient.clear()
        setEnd(end)
      }
      // Also when the server cannot be reached: nothing stays on the screen.
      call('endSession').then(forget, forget)
    },
    [queryClient, setEnd],
  )
  const router = useRouter()
  useEffect(() => {
    const page = takePage()
    if (page !== undefined) router.history.replace(page)
  }, [router])
  const onIdle = useCallback(() => leave('idle'), [leave])
  const session = useMemo<Session | undefined>(
    () =>
      current && {
        ...current,
        permits: (action) => permitted.data?.actions.includes(action) ?? false,
        nameOf: (id) => names.data?.names.find((person) => person.id === id)?.name ?? id,
        logOut: () => leave('logged-out'),
      },
    [current, permitted.data, names.data, leave],
  )
  if (!session) return undefined
  const { idleEndsAt, lastSeenAt } = session.session
  return (
    <SessionContext value={session}>
      <StepUpProvider>
        <IdleWatch idleSeconds={(Date.parse(idleEndsAt) - Date.parse(lastSeenAt)) / 1_000} onIdle={onIdle} />
        <Shell>
          <Loaded of={permitted}>{() => <Outlet />}</Loaded>
        </Shell>
      </StepUpProvider>
    </SessionContext>
  )
}
