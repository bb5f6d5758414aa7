import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { AgreementsPage } from '../pages/agreements.tsx'
import { BreakGlassPage } from '../pages/break-glass.tsx'
import { CoveragePage } from '../pages/coverage.tsx'
import { DevicePage } from '../pages/device.tsx'
import { EnrolPage } from '../pages/enrol.tsx'
import { ExplainPage } from '../pages/explain.tsx'
import { FreezesPage } from '../pages/freezes.tsx'
import { HomePage } from '../pages/home.tsx'
import { KeptPage } from '../pages/kept.tsx'
import { LimitsPage } from '../pages/limits.tsx'
import { MinimumPage } from '../pages/minimum.tsx'
import { NotFoundPage } from '../pages/not-found.tsx'
import { PeoplePage } from '../pages/people.tsx'
import { ProvidersPage } from '../pages/providers.tsx'
import { RecertificationPage } from '../pages/recertification.tsx'
import { RequestsPage } from '../pages/requests.tsx'
import { SessionsPage } from '../pages/sessions.tsx'
import { VendorsPage } from '../pages/vendors.tsx'
import { Problem } from '../ui/problem.tsx'
import { Gate } from './gate.tsx'

const root = createRootRoute({ notFoundComponent: NotFoundPage })
/** Behind the log-in. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Gate })

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/enrol', component: EnrolPage }),
  inside.addChildren([
    createRoute({ getParentRoute: () => inside, path: '/', component: HomePage }),
    createRoute({ getParentRoute: () => inside, path: '/coverage', component: CoveragePage }),
    createRoute({ getParentRoute: () => inside, path: '/providers', component: ProvidersPage }),
    createRoute({ getParentRoute: () => inside, path: '/agreements', component: AgreementsPage }),
    createRoute({ getParentRoute: () => inside, path: '/vendors', component: VendorsPage }),
    createRoute({ getParentRoute: () => inside, path: '/freezes', component: FreezesPage }),
    createRoute({ getParentRoute: () => inside, path: '/minimum', component: MinimumPage }),
    createRoute({ getParentRoute: () => inside, path: '/limits', component: LimitsPage }),
    createRoute({ getParentRoute: () => inside, path: '/kept', component: KeptPage }),
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
