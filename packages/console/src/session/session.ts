import type { Action, CurrentSession } from '@breakwater/contract'
import { createContext, use } from 'react'

/** Who is logged in, and what the policy set permits them: for what is shown. The server decides again at each request. */
export interface Session extends CurrentSession {
  readonly permits: (action: Action) => boolean
  /** How people call whom an id stands for; services are called by their ids. */
  readonly nameOf: (id: string) => string
  readonly logOut: () => void
}

export const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('nobody is logged in here')
  return session
}
