import type { Action } from '@breakwater/contract'

interface Destination {
  readonly to: '/' | '/requests' | '/break-glass' | '/recertification' | '/people' | '/explain' | '/sessions'
  readonly label: string
  /** Shown to those whom the policy set permits one of these; left out: to everybody. */
  readonly actions?: readonly Action[]
}

export const NAVIGATION: readonly Destination[] = [
  { to: '/', label: 'Home' },
  { to: '/requests', label: 'Access', actions: ['requestAccess'] },
  { to: '/break-glass', label: 'Break-glass', actions: ['approveAccess', 'breakGlass'] },
  { to: '/recertification', label: 'Recertification', actions: ['recertify'] },
  { to: '/people', label: 'People', actions: ['manageIdentity'] },
  { to: '/explain', label: 'Explain', actions: ['explainPolicy'] },
  { to: '/sessions', label: 'Sessions' },
]
