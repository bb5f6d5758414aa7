import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { BreakGlassPage } from '../pages/break-glass.tsx'
import { DevicePage } from '../pages/device.tsx'
import { EnrolPage } from '../pages/enrol.tsx'
import { ExplainPage } from '../pages/explain.tsx'
import { HomePage } from '../pages/home.tsx'
import { NotFoundPage } from '../pages/not-found.tsx'
import { PeoplePage } from '../pages/people.tsx'
import { RecertificationPage } from '../pages/recertification.tsx'
import { RequestsPage } from '../pages/requests.tsx'
import { SessionsPage } from '../pages/sessions.tsx'
import { Problem } from '../ui/problem.tsx'
import { Gate } from './gate.tsx'

const root = createRootRoute({ notFoundComponent: NotFoundPage })
/** Behind the log-in. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Gate })

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/enrol', component: EnrolPage }),
  inside.addChildren([
    createRoute({ getParentRoute: () => inside, path: '/', component: HomePage }),
    createRoute({ getParentRoute: () => inside, path: '/requests', component: RequestsPage }),
    createRoute({ getParentRoute: () => inside, path: '/break-glass', component: BreakGlassPage }),
    createRoute({ getParentRoute: () => inside, path: '/recertification', component: RecertificationPage }),
    createRoute({ getParentRoute: () => inside, path: '/people', component: PeoplePage }),
    createRoute({ getParentRoute: () => inside, path: '/explain', component: ExplainPage }),
    createRoute({ getParentRoute: () => inside, path: '/sessions', component: SessionsPage }),
    createRoute({ getParentRoute: () => inside, path: '/device', component: DevicePage }),
  ]),
])

export const router = createRouter({
  routeTree,
  basepath: '/console',
  defaultErrorComponent: ({ error }) => <Problem error={toError(error)} />,
})

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown')
}

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: typeof router
  }
}
