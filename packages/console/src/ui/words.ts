import type { AlertRecord } from '@breakwater/contract'

export const ALERTS: Readonly<Record<AlertRecord['kind'], string>> = {
  'agreement-ended': 'An agreement has ended: nothing crosses under it',
  'agreement-ends-soon': 'An agreement ends soon',
  'break-glass-opened': 'Somebody broke the glass',
  'break-glass-review-overdue': 'A break-glass review is overdue',
  'egress-frozen': 'Egress was frozen',
  'extraction-sweep': 'Somebody asks nearly the same again and again',
  'session-flagged': 'A session is in two hands, or somebody works in two places',
  'signin-failing': 'Log-ins fail more often than people err',
  'signin-locked': 'An account was locked after failed log-ins',
  'totp-removed': 'Somebody took away a password and its codes',
  'unusual-volume': 'Somebody asks far more than usual',
}

/** A code as words: `on-call` reads "on call". */
export function toWords(code: string): string {
  return code.replaceAll('-', ' ')
}

/** How long, in the largest unit that fits. */
export function formatSeconds(seconds: number): string {
  const [unit, size] = seconds >= 172_800 ? ['day', 86_400] : seconds >= 7_200 ? ['hour', 3_600] : ['minute', 60]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
