import { LISTED } from '../gazetteer/gazetteer.ts'
import { bounds, extendRight, LINKING, SAINT, SAME_NAME } from './facility-parts.ts'
import { ABBREVIATIONS } from './lexicon/abbreviations.ts'
import { isCivic } from './lexicon/centres.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import {
  gapAt,
  isCapital,
  isInitial,
  isWord,
  listedAt,
  type Reading,
  shapeAt,
  startsSentence,
  wordAt,
} from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

/** Heads that a plain word names as well as any: "Coastal University". */
const SCHOOL = /^(?:university|college|academy|school|preschool|daycare|elementary)$/i
const ARTICLE = /^(?:the|our|a|an|my|your|their|his|her|this|that)$/i

/** Hospitals, clinics, pharmacies, schools: known by the word that says what they are. */
export function findFacilities(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  for (let i = 0; i < reading.tokens.count; i++) {
    if (isWord(reading, i, WORD.facilityHead | WORD.facilityWeak)) addHeaded(reading, i, found)
  }
  return found
}

function isNameWord(reading: Reading, i: number): boolean {
  if (reading.isUpperCase && (LINKING.test(wordAt(reading.tokens, i).toLowerCase()) || isWord(reading, i, WORD.stop)))
    return false
  return isCapital(reading, i) || isInitial(reading, i)
}

/** Not a word that opens a sentence or a clause rather than a name. */
function isOpening(reading: Reading, i: number): boolean {
  return (
    isWord(reading, i, WORD.stop | WORD.title | WORD.visitVerb | WORD.calendar | WORD.patientCue | WORD.relation) &&
    !isWord(reading, i, WORD.facilityWord | WORD.specialty) &&
    !/^(?:spring|summer|autumn|fall|winter|may|august)$/i.test(wordAt(reading.tokens, i)) &&
    !SAINT.test(wordAt(reading.tokens, i))
  )
}

/** `<Capitalised words> Hospital`, `UCSF clinic`, `Dr. Lopez's office`: the words to the left of a head name it. */
function addHeaded(reading: Reading, head: number, found: Candidate[]): void {
  const { tokens } = reading
  const strong = isWord(reading, head, WORD.facilityHead)
  // "World Health Organization".
  if (/^organi[sz]ation$/i.test(wordAt(tokens, head + 1)) && gapAt(reading, head + 1) === GAP.space) return
  // "Standards of Care", "Institutes of Health".
  if (!strong && LINKING.test(wordAt(tokens, head - 1))) return
  const capital = isCapital(reading, head) && !reading.isUpperCase && !reading.isLowerCase
  let first = head
  let owned = false
  for (let j = head - 1; j >= Math.max(0, head - 7); j--) {
    if (
      isCivic(wordAt(tokens, j)) &&
      gapAt(reading, j + 1) === GAP.space &&
      (reading.isUpperCase || reading.isLowerCase)
    ) {
      first = j
      continue
    }
    const gap = gapAt(reading, j + 1)
    if (
      (gap & ~SAME_NAME) !== 0 &&
      !(gap === (GAP.space | GAP.other) && tokens.text.slice(tokens.end[j] ?? 0, tokens.start[j + 1] ?? 0) === ' & ')
    )
      break
    const word = wordAt(tokens, j)
    if (
      (gap & GAP.period) !== 0 &&
      !SAINT.test(word) &&
      !/^(?:dr|med|ctr|hosp|univ|mem|gen|reg|natl|st|[A-Z])$/i.test(word)
    )
      break
    if (reading.isLowerCase && SAINT.test(word)) {
      first = j
      continue
    }
    if (isNameWord(reading, j)) {
      if (isOpening(reading, j) && !isWord(reading, j, WORD.clinicianTitle)) break
      first = j
      if ((gap & GAP.possessive) !== 0) owned = true
      continue
    }
    if (
      reading.isLowerCase &&
      (listedAt(reading, j) & LISTED.city) !== 0 &&
      !isWord(reading, j, WORD.stop | WORD.specialty | WORD.facilityWord | WORD.visitVerb | WORD.patientCue)
    ) {
      first = j
      continue
    }
    if (/^(?:at|for)$/i.test(word) || (isWord(reading, j, WORD.stop) && !isWord(reading, j, WORD.facilityWord))) break
    // "medical", "of", "downtown" may stand inside a name, never begin it; "5th Avenue Clinic" begins with a number.
    if (isWord(reading, j, WORD.facilityWord) && !ARTICLE.test(word)) continue
    if (isWord(reading, j, WORD.street) && isOrdinal(reading, j - 1)) first = j - 1
    else if (isOrdinal(reading, j) && j === first - 1) first = j
    break
  }
  while (first < head && LINKING.test(wordAt(tokens, first))) first++
  if (first === head) return
  if (!isDistinct(reading, first, head, strong, capital, owned)) return
  const last = extendRight(reading, head)
  const { start, end } = bounds(reading, first, last)
  found.push({
    start,
    end,
    class: 'FACILITY',
    role: 'unknown',
    score: strong ? 0.85 : 0.7,
    source: strong ? 'facility.head' : 'facility.weak-head',
  })
}

function isOrdinal(reading: Reading, i: number): boolean {
  return i >= 0 && /^\d{1,3}(?:st|nd|rd|th)$/i.test(wordAt(reading.tokens, i))
}

/** Whether the words before a head tell one place of care from another. */
function isDistinct(
  reading: Reading,
  first: number,
  head: number,
  strong: boolean,
  capital: boolean,
  owned: boolean,
): boolean {
  const { tokens } = reading
  let proper = isOrdinal(reading, first) ? 1 : 0
  let generic = 0
  // "Cardiology" heads a practice only after a word that is a name.
  const named = isWord(reading, head, WORD.specialty) && !SCHOOL.test(wordAt(tokens, head))
  for (let j = first; j < head; j++) {
    const word = wordAt(tokens, j)
    const listed = listedAt(reading, j)
    const isTown = (listed & LISTED.city) !== 0 || isCivic(word)
    if (!isNameWord(reading, j) && !(reading.isLowerCase && isTown)) continue
    if (
      SAINT.test(word) ||
      (isWord(reading, j, WORD.stateCode) && shapeAt(reading, j) === SHAPE.upper && word.length === 2)
    )
      proper++
    else if (isWord(reading, j, WORD.specialty | WORD.care) || ABBREVIATIONS.has(word)) generic++
    else if (isCivic(word) && (strong || capital) && !/^an?$/i.test(wordAt(tokens, Math.max(0, j - 1)))) proper++
    else if (isWord(reading, j, WORD.facilityWord)) generic++
    else if (!capital && startsSentence(reading, j) && (listed & LISTED.safe) !== 0) generic++
    else if (
      (listed & LISTED.safe) === 0 ||
      (listed & (LISTED.city | LISTED.hospital | LISTED.county)) !== 0 ||
      (shapeAt(reading, j) === SHAPE.upper && !reading.isUpperCase)
    )
      proper++
    else if (capital && !named && !isWord(reading, j, WORD.stop | WORD.protect)) proper++
    else if (!capital && !named && j > first && isCapital(reading, j - 1) && !startsSentence(reading, first)) proper++
  }
  if (strong) {
    if (proper > 0) return true
    // "City Hospital", "Memorial Clinic" name a place; "Pain Clinic", "the hospital" do not.
    return (capital || !startsSentence(reading, first)) && generic > 0 && !isAllSpecialty(reading, first, head)
  }
  const weak = wordAt(tokens, head).toLowerCase()
  // A heading in capitals, "NERVOUS SYSTEM", names no place.
  if (
    weak.length > 4 &&
    shapeAt(reading, head) === SHAPE.upper &&
    !reading.isUpperCase &&
    (listedAt(reading, first) & LISTED.safe) !== 0
  )
    return false
  if (weak === 'office' && proper > 0) return true
  if (proper > 0 && /^(?:urgent|assisted|nursing|memory|high|middle|elementary)$/i.test(wordAt(tokens, head - 1)))
    return true
  if (/^(?:er|ed|home|house|care|school|office|group|practice|st|va|rehab|living)$/.test(weak) && !capital) return owned
  if (proper === 0)
    return (
      capital &&
      generic > 0 &&
      /^(?:center|centre|ctr|health|general|university)$/.test(weak) &&
      /^(?:county|city|central|community|mercy|university|eastside|westside|northside|southside|memorial|regional|veterans)$/i.test(
        wordAt(tokens, first),
      )
    )
  return (
    capital ||
    (proper > 0 && /^(?:med|medical|center|centre|ctr|health|healthcare|university|hospice|rehab)$/.test(weak))
  )
}

function isAllSpecialty(reading: Reading, first: number, head: number): boolean {
  for (let j = first; j < head; j++) {
    if (
      isNameWord(reading, j) &&
      (!isWord(reading, j, WORD.specialty | WORD.care) ||
        /^(?:general|university|community)$/i.test(wordAt(reading.tokens, j)))
    )
      return false
  }
  return true
}
