import type { DeidentifyOptions, PlannedSpan, ProfileName, Span } from '../types.ts'
import { generalise, removalTag } from './decide.ts'
import { gatewayProfile } from './gateway.ts'
import type { Profile } from './profile.ts'
import { readRelease } from './release.ts'
import type { ReleaseFacts } from './release.ts'
import { safeHarborProfile } from './safe-harbor.ts'

/** The profiles by name. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  'safe-harbor': safeHarborProfile,
  gateway: gatewayProfile,
}

/** Longest mark that may follow a span and belong to its reading. */
const AFTER_UNITS = 24

/**
 * Decides per detected span of the parts of one document: what stays is left out, the rest has operator and replacement.
 * `spans[i]` are the sorted spans, without overlaps, of `texts[i]`. Years and ages are judged over all parts together.
 */
export function planSpans(
  texts: readonly string[],
  spans: readonly (readonly Span[])[],
  profileName: ProfileName,
  options: DeidentifyOptions = {},
): PlannedSpan[][] {
  if (spans.every((part) => part.length === 0)) return texts.map(() => [])
  const profile = PROFILES[profileName]
  const { twoDigitYearPivot } = profile
  const facts = readRelease(texts, spans, { twoDigitYearPivot, releaseYear: options.releaseYear })
  return spans.map((_, part) => planPart({ texts, spans, part }, { profile, facts, options }))
}

interface PartOf {
  readonly texts: readonly string[]
  readonly spans: readonly (readonly Span[])[]
  readonly part: number
}

interface Decision {
  readonly profile: Profile
  readonly facts: ReleaseFacts
  readonly options: DeidentifyOptions
}

function planPart({ texts, spans, part }: PartOf, decision: Decision): PlannedSpan[] {
  const planned: PlannedSpan[] = []
  const own = spans[part] ?? []
  let free = 0
  for (let at = 0; at < own.length; at++) {
    const span = own[at]
    const one = span && planSpan(span, decision, texts[part] ?? '', part, at)
    if (!one) continue
    // A reading may reach back over words that another span holds already.
    planned.push(one.start < free ? { ...one, start: free } : one)
    free = one.end
  }
  return planned
}

function planSpan(
  span: Span,
  { profile, facts, options }: Decision,
  text: string,
  part: number,
  at: number,
): PlannedSpan | undefined {
  if (span.role === 'clinician' && options.includeClinicians === false) return undefined
  const operator = profile.operators[span.class]
  if (operator === 'keep') return undefined
  if (operator === 'token') return { ...span, operator }
  if (operator === 'remove') return { ...span, operator, replacement: removalTag(span.class) }
  const read = facts.read(part, at)
  const generalised = read ? generalise(read, facts, text.slice(span.end, span.end + AFTER_UNITS)) : 'keep'
  if (generalised === 'keep') return undefined
  const { start, text: replacement, isRemoved } = generalised
  return { ...span, start, operator: isRemoved ? 'remove' : 'generalise', replacement }
}
