/** Why access is given for a time. A code and no text, because it goes to the ledger. */
export const ACCESS_REASONS = [
  'on-call',
  'incident',
  'maintenance',
  'coverage',
  'audit',
  'onboarding',
  'project',
] as const

/** Why the glass is broken: 45 CFR 164.312(a)(2)(ii), 164.510(b)(3), 164.512(j). */
export const BREAK_GLASS_REASONS = ['emergency-treatment', 'system-outage', 'threat-to-safety'] as const

/** Why nothing leaves. */
export const FREEZE_REASONS = ['incident', 'suspected-breach', 'agreement-dispute', 'maintenance', 'drill'] as const
