import type { Action } from '@breakwater/contract'

type PagePath =
  | '/'
  | '/coverage'
  | '/providers'
  | '/agreements'
  | '/vendors'
  | '/freezes'
  | '/minimum'
  | '/limits'
  | '/kept'
  | '/requests'
  | '/break-glass'
  | '/recertification'
  | '/people'
  | '/explain'
  | '/sessions'

interface Destination {
  readonly to: PagePath
  readonly label: string
  /** Shown to those whom the policy set permits one of these; left out: to everybody. */
  readonly actions?: readonly Action[]
}

interface DestinationGroup {
  readonly title?: string
  readonly of: readonly Destination[]
}

export const NAVIGATION: readonly DestinationGroup[] = [
  { of: [{ to: '/', label: 'Home' }] },
  {
    title: 'Where data goes',
    of: [
      { to: '/coverage', label: 'Coverage', actions: ['readConfiguration'] },
      { to: '/providers', label: 'Providers', actions: ['manageProviders'] },
      { to: '/agreements', label: 'Agreements', actions: ['manageAgreements'] },
      { to: '/vendors', label: 'Vendors', actions: ['readConfiguration'] },
      { to: '/freezes', label: 'Freeze', actions: ['freeze'] },
    ],
  },
  {
    title: 'How much of it',
    of: [
      { to: '/minimum', label: 'Minimum necessary', actions: ['readConfiguration'] },
      { to: '/limits', label: 'Limits', actions: ['readConfiguration'] },
      { to: '/kept', label: 'Kept', actions: ['exportEvaluation', 'readConfiguration', 'readKept'] },
    ],
  },
  {
    title: 'Who may',
    of: [
      { to: '/requests', label: 'Access', actions: ['requestAccess'] },
      { to: '/break-glass', label: 'Break-glass', actions: ['approveAccess', 'breakGlass'] },
      { to: '/recertification', label: 'Recertification', actions: ['recertify'] },
      { to: '/people', label: 'People', actions: ['manageIdentity'] },
      { to: '/explain', label: 'Explain', actions: ['explainPolicy'] },
      { to: '/sessions', label: 'Sessions' },
    ],
  },
]
