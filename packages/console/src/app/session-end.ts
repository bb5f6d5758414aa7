import { createContext, use } from 'react'

/** Why nobody is logged in any more. */
export type SessionEnd = 'idle' | 'expired' | 'logged-out'

interface SessionEndState {
  readonly end: SessionEnd | undefined
  readonly setEnd: (end: SessionEnd | undefined) => void
}

export const SessionEndContext = createContext<SessionEndState>({ end: undefined, setEnd: () => undefined })

export function useSessionEnd(): SessionEndState {
  return use(SessionEndContext)
}
