import type { Action } from '@breakwater/contract'

interface Destination {
  readonly to: '/' | '/requests' | '/break-glass' | '/recertification' | '/explain' | '/sessions'
  readonly label: string
  /** Shown to those whom the policy set permits this. */
  readonly action?: Action
}

export const NAVIGATION: readonly Destination[] = [
  { to: '/', label: 'Home' },
  { to: '/requests', label: 'Access', action: 'requestAccess' },
  { to: '/break-glass', label: 'Break-glass', action: 'approveAccess' },
  { to: '/recertification', label: 'Recertification', action: 'recertify' },
  { to: '/explain', label: 'Explain', action: 'explainPolicy' },
  { to: '/sessions', label: 'Sessions' },
]
