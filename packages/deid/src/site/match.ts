import type { Candidate } from '../detect/patterns/pattern.ts'
import { gapAt, isCapital, type Reading, shapeAt, startsSentence } from '../detect/reading.ts'
import { GAP, SHAPE } from '../detect/tokens.ts'
import type { Phrase, SiteIndex } from './index-site.ts'

/** What a site's own lexicon knows in a text. Offsets of the view. */
export function matchSite(reading: Reading, { phrases, recordNumbers }: SiteIndex): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, count, hashA } = reading.tokens
  for (let i = 0; i < count; i++) {
    for (const { format, class: phiClass } of recordNumbers) {
      if (i > 0 && gapAt(reading, i) === GAP.none) continue
      const length = lengthAt(format, text, start[i] ?? 0)
      if (length > 0)
        found.push({
          start: start[i] ?? 0,
          end: (start[i] ?? 0) + length,
          class: phiClass,
          role: 'unknown',
          score: 0.9,
          source: 'site.record-number',
          stage: 'site',
        })
    }
    const phrase = phrases.get(hashA[i] ?? 0)?.find((one) => stands(reading, i, one))
    if (!phrase) continue
    const last = i + phrase.rest.length / 2
    const { class: phiClass, role, score, source } = phrase
    found.push({ start: start[i] ?? 0, end: end[last] ?? 0, class: phiClass, role, score, source, stage: 'site' })
    i = last
  }
  return found
}

function lengthAt(format: RegExp, text: string, from: number): number {
  format.lastIndex = from
  const length = format.exec(text)?.[0].length ?? 0
  format.lastIndex = 0
  return length
}

function stands(reading: Reading, i: number, { rest, firstB, isOrdinary }: Phrase): boolean {
  const { hashA, hashB, count } = reading.tokens
  if (hashB[i] !== firstB || i + rest.length / 2 >= count) return false
  for (let at = 0; at < rest.length; at += 2) {
    const j = i + 1 + at / 2
    if (hashA[j] !== rest[at] || hashB[j] !== rest[at + 1]) return false
    if ((gapAt(reading, j) & ~(GAP.space | GAP.period | GAP.comma | GAP.hyphen | GAP.newline)) !== 0) return false
  }
  const isMarked = (j: number): boolean => isCapital(reading, j) || shapeAt(reading, j) >= SHAPE.initial
  if (rest.length === 0) {
    if (!isOrdinary) return isMarked(i)
    return isMarked(i) && !startsSentence(reading, i) && !reading.isUpperCase && !isCapital(reading, i + 1)
  }
  const marked = Array.from({ length: 1 + rest.length / 2 }, (_, at) => isMarked(i + at))
  return isOrdinary ? marked.every(Boolean) : marked.some(Boolean)
}
