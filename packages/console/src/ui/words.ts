import type { AlertRecord, FreezeScope } from '@breakwater/contract'

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

const SHORT_FORMS = /\b(hipaa|mcp)\b/g

/** A code as words: `on-call` reads "on call". */
export function toWords(code: string): string {
  return code.replaceAll('-', ' ').replaceAll(SHORT_FORMS, (word) => word.toUpperCase())
}

/** How long, in the largest unit that fits. */
export function formatSeconds(seconds: number): string {
  const [unit, size] = seconds >= 172_800 ? ['day', 86_400] : seconds >= 7_200 ? ['hour', 3_600] : ['minute', 60]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** A feature as words: `hosted-tool.web-search` reads "hosted tool: web search". */
export function nameFeature(feature: string): string {
  return feature === 'plain' ? 'plain use' : toWords(feature).replace('.', ': ')
}

/** The first letter big, as a line begins. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Purposes of use as people call them; the codes are HL7's. */
const PURPOSE_WORDS: Readonly<Record<string, string>> = {
  TREAT: 'treatment',
  HPAYMT: 'payment',
  HOPERAT: 'operations',
  HRESCH: 'research',
  PUBHLTH: 'public health',
  ETREAT: 'emergency treatment',
}

/** A purpose by its word and its code. */
export function namePurpose(code: string): string {
  const word = PURPOSE_WORDS[code]
  return word === undefined ? code : `${capitalise(word)} (${code})`
}

const counts = new Intl.NumberFormat('en')
const MICROS = 1_000_000

/** An amount of a limit: of cost in its currency, else a count. */
export function formatAmount(
  { metric, currency }: { readonly metric: string; readonly currency?: string | undefined },
  amount: number,
): string {
  return metric === 'cost' ? `${counts.format(amount / MICROS)} ${currency ?? ''}` : counts.format(amount)
}

/** What a freeze stops. */
export function describeStop(target: FreezeScope): string {
  if (target.scope === 'provider') return `Nothing goes to ${target.provider}`
  return target.scope === 'tenant' ? 'Nothing leaves this tenant' : 'Nothing leaves this installation'
}
