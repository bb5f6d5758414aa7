import { Hono } from 'hono'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { PeopleRouteDeps } from './routes/deps.ts'
import { peopleAdministrationRoutes } from './routes/people.ts'
import { ownSessionRoutes } from './routes/session.ts'
import { signInRoutes } from './routes/sign-in.ts'

/** Log-in, the own session and its passkeys, and who looks after people. */
export function peopleRoutes(deps: PeopleRouteDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .route('/', signInRoutes(deps))
    .route('/', ownSessionRoutes(deps))
    .route('/', peopleAdministrationRoutes(deps))
}
