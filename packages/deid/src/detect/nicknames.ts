import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isWord, type Reading } from './reading.ts'
import { firstTokenAt } from './tokens.ts'

const PARTICLE = '(?:de|del|della|di|da|dos|das|la|las|los|le|van|von|der|den|ter|ten|bin|al|el|st\\.?|y|e) '
/** "Maribel "Mari" O'Quintanilla": the view writes curly quotes and apostrophes straight. */
const BEHIND = new RegExp(
  String.raw`(?<=\p{L}\.?) ["'(](?<nick>\p{Lu}[\p{L}-]{1,20})["')] (?<rest>(?:${PARTICLE}){0,3}\p{Lu}[\p{L}'-]{1,30})`,
  'gu',
)
/** Beside a name none of these is the rest of it. */
const OTHER =
  WORD.calendar |
  WORD.credential |
  WORD.relation |
  WORD.patientCue |
  WORD.clinicianCue |
  WORD.visitVerb |
  WORD.facilityHead |
  WORD.facilityWord |
  WORD.specialty |
  WORD.care |
  WORD.stop

/** The rest of a name behind a nickname in quotes or brackets: that both are somebody's says which word it is. */
export function findBehindNicknames(reading: Reading, found: readonly Candidate[]): Candidate[] {
  const { text } = reading.tokens
  const names = found.filter((candidate) => candidate.class === 'NAME')
  if (names.length === 0) return []
  return Array.from(text.matchAll(BEHIND)).flatMap((match) => {
    const { nick = '', rest = '' } = match.groups ?? {}
    const nickAt = match.index + 2
    const isAfterName = names.some(({ start, end }) => start < match.index && end >= match.index - 1 && end <= nickAt)
    const isNick = match[0][1] !== '(' || names.some(({ start, end }) => start <= nickAt && end >= nickAt + nick.length)
    const end = match.index + match[0].length
    const last = firstTokenAt(reading.tokens, end - (rest.split(' ').at(-1) ?? '').length)
    if (!isAfterName || !isNick || isWord(reading, last, OTHER)) return []
    return [{ start: end - rest.length, end, class: 'NAME', role: 'unknown', score: 0.8, source: 'name.nicknamed' }]
  })
}
