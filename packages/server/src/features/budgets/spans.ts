import type { LimitInput } from '@breakwater/contract'

type Span = NonNullable<LimitInput['span']>

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The span of the calendar, in UTC, that a time lies in: from `sinceMs` on, and before `untilMs`. */
export function spanAt(span: Span, now: Date): { readonly sinceMs: number; readonly untilMs: number } {
  if (span === 'month') {
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
    return { sinceMs: Date.UTC(year, month), untilMs: Date.UTC(year, month + 1) }
  }
  const lengthMs = span === 'minute' ? MINUTE_MS : DAY_MS
  const sinceMs = Math.floor(now.getTime() / lengthMs) * lengthMs
  return { sinceMs, untilMs: sinceMs + lengthMs }
}
