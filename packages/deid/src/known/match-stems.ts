import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from '../detect/lexicon/words.ts'
import type { Candidate } from '../detect/patterns/pattern.ts'
import { gapAt, isCapital, isWord, listedAt, type Reading, shapeAt, wordAt } from '../detect/reading.ts'
import { GAP, SHAPE } from '../detect/tokens.ts'
import type { KnownIndex } from './index-known.ts'

const MIN_STEM = 3
/** A stem that is long enough to say by itself whom it means. */
const MIN_SURE_STEM = 4
const LONGEST_NICKNAME = 8
const ENDINGS = ['ie', 'ey', 'y', 'i', 'a'] as const
const CALLED = /\b(?:goes by|went by|known as|called|nicknamed?|prefers|aka|a\.k\.a\.|answers to)[ :"']{1,3}$/i
const CALLED_WIDTH = 24

/**
 * The beginning of a known given name, with or without the ending of a nickname: "Bouba" of Boubacar, "Tomy". A short one or
 * an ordinary word counts where the text says that it is a name: as its signature, before the whole name in brackets, after "goes by".
 */
export function matchStems(reading: Reading, { parts, partOf }: KnownIndex): Candidate[] {
  const given = parts.filter(
    ({ isFamily, class: phiClass, text }) => !isFamily && phiClass === 'NAME' && text.length > MIN_STEM,
  )
  if (given.length === 0) return []
  const { tokens } = reading
  const found: Candidate[] = []
  for (let i = 0; i < tokens.count; i++) {
    const length = (tokens.end[i] ?? 0) - (tokens.start[i] ?? 0)
    if (length < MIN_STEM || length > LONGEST_NICKNAME || shapeAt(reading, i) >= SHAPE.digits) continue
    const word = wordAt(tokens, i).toLowerCase()
    if (partOf.has(word)) continue
    const part = given.find(({ text }) => stemLength(word, text) > 0)
    if (!part || !isMeant(reading, i, stemLength(word, part.text), partOf)) continue
    found.push({
      start: tokens.start[i] ?? 0,
      end: tokens.end[i] ?? 0,
      class: 'NAME',
      role: part.role,
      score: 0.75,
      source: 'known.stem',
      stage: 'known',
    })
  }
  return found
}

/** Letters that a word shares with the beginning of a name, when that is all of it but an ending; else 0. */
function stemLength(word: string, name: string): number {
  if (name.startsWith(word)) return word.length
  const lengths = ENDINGS.filter((ending) => word.endsWith(ending)).map((ending) => word.length - ending.length)
  return lengths.find((length) => length >= MIN_STEM && name.startsWith(word.slice(0, length))) ?? 0
}

function isMeant(reading: Reading, i: number, stem: number, partOf: KnownIndex['partOf']): boolean {
  const { text, start, end } = reading.tokens
  if (CALLED.test(text.slice(Math.max(0, (start[i] ?? 0) - CALLED_WIDTH), start[i] ?? 0))) return true
  if (isSignature(reading, i)) return true
  const isExplained = /^ ?\($/.test(text.slice(end[i] ?? 0, start[i + 1] ?? 0))
  if (isExplained && partOf.has(wordAt(reading.tokens, i + 1).toLowerCase())) return true
  if (stem < MIN_SURE_STEM || !isCapital(reading, i) || reading.isUpperCase || reading.isLowerCase) return false
  return (listedAt(reading, i) & LISTED.safe) === 0 && !isWord(reading, i, ORDINARY)
}

const ORDINARY = WORD.stop | WORD.calendar | WORD.state | WORD.country | WORD.protect | WORD.care | WORD.facilityHead

/** The text's last word, behind the end of a line or of a sentence. */
function isSignature(reading: Reading, i: number): boolean {
  if (i + 1 !== reading.tokens.count || i === 0) return false
  return (gapAt(reading, i) & (GAP.newline | GAP.period)) !== 0
}
