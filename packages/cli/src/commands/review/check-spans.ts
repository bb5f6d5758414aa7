import type { Role } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { PHI_CLASSES } from './notes.ts'
import type { ReviewSpan } from './shape.ts'

export const ROLES: readonly Role[] = ['patient', 'relative', 'household', 'employer', 'clinician', 'other', 'unknown']

/** Checks spans that came from outside: sorted, apart, inside the text. Throws `body.invalid` naming the rule. */
export function checkSpans(value: unknown, textUnits: number): readonly ReviewSpan[] {
  if (!Array.isArray(value)) return refuse('spans must be a list')
  let at = 0
  return value.map((one: unknown, index) => {
    if (typeof one !== 'object' || one === null) return refuse(`span ${index + 1}: not an object`)
    const { start, end, class: named, role, group, format } = one as Readonly<Record<string, unknown>>
    const phiClass = PHI_CLASSES.find((known) => known === named)
    const known = ROLES.find((each) => each === role)
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return refuse(`span ${index + 1}: no place`)
    const place = { start: Number(start), end: Number(end) }
    if (place.start < at || place.end <= place.start || place.end > textUnits) {
      return refuse(`span ${index + 1}: spans must be sorted, apart and inside the text`)
    }
    if (phiClass === undefined || known === undefined) return refuse(`span ${index + 1}: no such class or role`)
    at = place.end
    return { ...place, class: phiClass, role: known, group: word(group), format: word(format) }
  })
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function refuse(rule: string): never {
  throw new AppError('body.invalid', { message: rule })
}
