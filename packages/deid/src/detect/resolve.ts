import type { PhiClass, Role, Span } from '../types.ts'
import type { Candidate } from './patterns/pattern.ts'

/** Candidates below this prove too little to change a text. */
export const THRESHOLD = 0.4

/** Between the sources of a span that is resolved a second time. */
export const JOINT = '+'

/** Classes that every profile may keep: what overlaps them and must go decides. */
const KEPT: ReadonlySet<PhiClass> = new Set(['STATE', 'COUNTRY', 'YEAR'])
/** Classes of which a profile may let a part stay: what is known to be something else must go whole. */
const TOLD_IN_PART: ReadonlySet<PhiClass> = new Set([...KEPT, 'AGE', 'DATE', 'DATE_PART', 'ZIP'])
const WORD = /[\p{L}\p{N}\p{M}]/u
/** Beyond this a run of letters is no word, and growing over it would cover a page. */
const LONGEST_WORD = 64

/**
 * Makes spans of candidates: overlapping ones cover their union (adding a candidate never uncovers anything), the
 * strongest gives the class, spans grow to the ends of their words and never overlap.
 */
export function resolve(
  text: string,
  candidates: readonly Candidate[],
  thresholds: Readonly<Partial<Record<PhiClass, number>>> = {},
): Span[] {
  if (candidates.length === 0) return []
  const grown = candidates
    .filter(({ class: one, score, start, end }) => score >= (thresholds[one] ?? THRESHOLD) && end > start)
    .map((candidate) => grow(text, candidate))
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
  const spans: Span[] = []
  let group: Candidate[] = []
  let end = -1
  for (const candidate of grown) {
    if (candidate.start >= end && group.length > 0) {
      spans.push(merge(group, end))
      group = []
    }
    end = group.length === 0 ? candidate.end : Math.max(end, candidate.end)
    group.push(candidate)
  }
  if (group.length > 0) spans.push(merge(group, end))
  return spans
}

function merge(group: readonly Candidate[], end: number): Span {
  const [only] = group
  if (group.length === 1 && only && !only.source.includes(JOINT))
    return {
      start: only.start,
      end,
      class: only.class,
      role: only.role,
      score: only.score,
      sources: [only.source],
    }
  const decisive = group.filter(({ class: phiClass }) => !KEPT.has(phiClass))
  const voters = preferKnown(decisive.length > 0 ? decisive : group)
  const votes = voters.some(({ stage }) => stage !== undefined && stage !== 'propagation') ? count(voters) : undefined
  const start = group[0]?.start ?? 0
  let best = strongest(voters, votes)
  if (best.class === 'AGE') best = strongest(preferWhole(voters, start, end), votes)
  const role: Role =
    best.role === 'unknown'
      ? (group.find((one) => one.class === best.class && one.role !== 'unknown')?.role ?? 'unknown')
      : best.role
  return {
    start,
    end,
    class: best.class,
    role,
    score: votes?.get(best.class) ?? best.score,
    sources: sourcesOf(group),
  }
}

function strongest(voters: readonly Candidate[], votes: ReadonlyMap<PhiClass, number> | undefined): Candidate {
  let best = voters[0] ?? { start: 0, end: 0, class: 'OTHER_ID', role: 'unknown', score: 0, source: '' }
  for (const candidate of voters) if (weigh(candidate, best, votes) > 0) best = candidate
  return best
}

/** An age that stays leaves its whole span as it is, so it decides only over what is age: not over "67, Boston, MA 02139". */
function preferWhole(voters: readonly Candidate[], start: number, end: number): readonly Candidate[] {
  const ages = voters.filter((one) => one.class === 'AGE')
  let reached = start
  for (const age of ages) if (age.start <= reached) reached = Math.max(reached, age.end)
  const others = voters.filter((one) => one.class !== 'AGE')
  return reached >= end || others.length === 0 ? voters : others
}

/** A known value beside an age or a date that reaches into it ("age 45 8662066709"): its class decides, not theirs. */
function preferKnown(voters: readonly Candidate[]): readonly Candidate[] {
  const known = voters.filter(({ stage }) => stage === 'known')
  if (known.length === 0 || known.length === voters.length) return voters
  if (known.some(({ class: one }) => !TOLD_IN_PART.has(one)))
    return voters.filter((one) => !TOLD_IN_PART.has(one.class))
  return known.some(({ class: one }) => one !== 'AGE') ? voters.filter((one) => one.class !== 'AGE') : voters
}

/** The stronger class first, of one class the stronger candidate, of equal ones the longer. */
function weigh(a: Candidate, b: Candidate, votes: ReadonlyMap<PhiClass, number> | undefined): number {
  const byVote = votes && a.class !== b.class ? (votes.get(a.class) ?? 0) - (votes.get(b.class) ?? 0) : 0
  return byVote || a.score - b.score || a.end - a.start - (b.end - b.start)
}

/**
 * How sure all stages together are of each class: 1 - (1 - a)(1 - b) for two that agree, each by its best candidate.
 * Patterns and lists read the same context, so they count as one.
 */
function count(voters: readonly Candidate[]): ReadonlyMap<PhiClass, number> {
  const best = new Map<string, Candidate>()
  for (const candidate of voters) {
    const key = `${candidate.class} ${candidate.stage ?? ''}`
    if (candidate.score > (best.get(key)?.score ?? 0)) best.set(key, candidate)
  }
  const votes = new Map<PhiClass, number>()
  for (const { class: phiClass, score } of best.values())
    votes.set(phiClass, 1 - (1 - (votes.get(phiClass) ?? 0)) * (1 - score))
  return votes
}

function sourcesOf(group: readonly Candidate[]): string[] {
  const sources = new Set<string>()
  for (const { source } of group) {
    if (source.includes(JOINT)) for (const one of source.split(JOINT)) sources.add(one)
    else sources.add(source)
  }
  return [...sources].toSorted()
}

/** No half word is left standing: "Smith" in "Smithx" takes all of it. */
function grow(text: string, candidate: Candidate): Candidate {
  let { start, end } = candidate
  const lowest = Math.max(0, start - LONGEST_WORD)
  const highest = Math.min(text.length, end + LONGEST_WORD)
  if (isWordAt(text, start)) while (start > lowest && isWordAt(text, start - 1)) start--
  if (isWordAt(text, end - 1)) while (end < highest && isWordAt(text, end)) end++
  return start === candidate.start && end === candidate.end ? candidate : { ...candidate, start, end }
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  return code < 0xd800 || code > 0xdfff ? WORD.test(text.charAt(at)) : false
}
