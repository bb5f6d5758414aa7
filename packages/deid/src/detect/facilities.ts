import { LISTED } from '../gazetteer/gazetteer.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, hasBefore, isCapital, isInitial, isWord, listedAt, longestPhrase, type Reading, shapeAt, startsSentence, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const SAME_NAME = GAP.space | GAP.possessive | GAP.period | GAP.hyphen
const LINKING = /^(?:of|and|the|for|at|in|de|la|y)$/
const SAINT = /^(?:st|saint|mt|mount|santa|san|ft|fort)$/i
const PREPOSITION = /^(?:at|to|from|in|by|with|through|via|under)$/i
const ARTICLE = /^(?:the|our|a|an|my|your|their|his|her|this|that)$/i
/** Letters that name a ward, an exam or a guideline, never a place of care by themselves. */
const ABBREVIATIONS = new Set(
  'ER ED ICU MICU SICU CCU NICU PICU CVICU OR PACU PCP SNF LTAC OT PT ST MRI CT PET EKG ECG EEG EMG US IV PO IM SC BP HR RR DVT PE MI CVA TIA HTN DM CHF COPD CKD ESRD GERD UTI BPH OSA MS RA SLE HIV AIDS TB BMI LDL HDL CBC BMP CMP INR PTT ESR CRP TSH PSA CABG PCI TKA THA TAVR EGD ERCP IVF OB GYN ENT GI GU CV NPO BID TID QID PRN HS AM PM NYHA ASA DKA ARDS AKI AFIB SOB CP LOC ROM WNL NKDA USA UK EU UN ADA AHA ACC ACOG CDC FDA NIH WHO NCCN IDSA ASCO GOLD KDIGO AAOS ACR JAMA NEJM DNR LVEF EF RV LV RA LA AV MV TV SA ASAP TBD NA ID DOB SSN MRN HPI ROS PMH FH SH PE AP CC HLD CAD PVD PAD DJD OA RLE LLE RUE LUE LUQ RUQ LLQ RLQ DASH ALS CHD ASD PTSD ADHD OCD T1DM T2DM DX HX RX TX SX FU'.split(
    ' ',
  ),
)

/** Hospitals, clinics and other places of care, schools, pharmacies: by their heads, and by who was seen where. */
export function findFacilities(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { count } = reading.tokens
  for (let i = 0; i < count; i++) {
    if (isWord(reading, i, WORD.facilityHead | WORD.facilityWeak)) addHeaded(reading, i, found)
    if (isCapital(reading, i)) {
      addListed(reading, i, found)
      addSaint(reading, i, found)
      addVisited(reading, i, found)
    }
  }
  return found
}

function isNameWord(reading: Reading, i: number): boolean {
  return isCapital(reading, i) || isInitial(reading, i)
}

/** Not a word that opens a sentence or a clause rather than a name. */
function isOpening(reading: Reading, i: number): boolean {
  return (
    isWord(reading, i, WORD.stop | WORD.title | WORD.visitVerb | WORD.calendar | WORD.patientCue | WORD.relation) &&
    !isWord(reading, i, WORD.facilityWord) &&
    !SAINT.test(wordAt(reading.tokens, i))
  )
}

/** `<Capitalised words> Hospital`, `UCSF clinic`, `Dr. Lopez's office`: the words to the left of a head name it. */
function addHeaded(reading: Reading, head: number, found: Candidate[]): void {
  const { tokens } = reading
  const strong = isWord(reading, head, WORD.facilityHead)
  const capital = isCapital(reading, head)
  let first = head
  let owned = false
  for (let j = head - 1; j >= Math.max(0, head - 7); j--) {
    const gap = gapAt(reading, j + 1)
    if ((gap & ~SAME_NAME) !== 0 && !(gap === (GAP.space | GAP.other) && tokens.text.slice(tokens.end[j] ?? 0, tokens.start[j + 1] ?? 0) === ' & ')) break
    const word = wordAt(tokens, j)
    if ((gap & GAP.period) !== 0 && !SAINT.test(word) && !/^(?:dr|med|ctr|hosp|univ|mem|gen|reg|natl|st|[A-Z])$/i.test(word)) break
    if (isNameWord(reading, j)) {
      if (isOpening(reading, j) && !isWord(reading, j, WORD.clinicianTitle)) break
      first = j
      if ((gap & GAP.possessive) !== 0) owned = true
      continue
    }
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
  found.push({ start, end, class: 'FACILITY', role: 'unknown', score: strong ? 0.85 : 0.7, source: strong ? 'facility.head' : 'facility.weak-head' })
}

function isOrdinal(reading: Reading, i: number): boolean {
  return i >= 0 && /^\d{1,3}(?:st|nd|rd|th)$/i.test(wordAt(reading.tokens, i))
}

/** Whether the words before a head tell one place of care from another. */
function isDistinct(reading: Reading, first: number, head: number, strong: boolean, capital: boolean, owned: boolean): boolean {
  const { tokens } = reading
  let proper = isOrdinal(reading, first) ? 1 : 0
  let generic = 0
  for (let j = first; j < head; j++) {
    if (!isNameWord(reading, j)) continue
    const listed = listedAt(reading, j)
    const word = wordAt(tokens, j)
    if (SAINT.test(word) || isWord(reading, j, WORD.stateCode) && shapeAt(reading, j) === SHAPE.upper && word.length === 2) proper++
    else if (isWord(reading, j, WORD.specialty | WORD.care) || ABBREVIATIONS.has(word)) generic++
    else if (isWord(reading, j, WORD.facilityWord)) generic++
    else if (!capital && startsSentence(reading, j) && (listed & LISTED.safe) !== 0) generic++
    else if ((listed & LISTED.safe) === 0 || (listed & (LISTED.city | LISTED.hospital | LISTED.county)) !== 0 || shapeAt(reading, j) === SHAPE.upper) proper++
    else if (capital && !isWord(reading, j, WORD.stop | WORD.protect)) proper++
  }
  if (strong) {
    if (proper > 0) return true
    // "City Hospital", "Memorial Clinic" name a place; "Pain Clinic", "the hospital" do not.
    return capital && generic > 0 && !isAllSpecialty(reading, first, head)
  }
  const weak = wordAt(tokens, head).toLowerCase()
  if (/^(?:er|ed|home|house|care|school|office|group|practice|st|va|rehab)$/.test(weak) && !capital) return owned
  if (proper === 0) return capital && generic > 0 && /^(?:center|centre|ctr|health|general|university)$/.test(weak) && /^(?:county|city|central|community|mercy|university|eastside|westside|northside|southside|memorial|regional|veterans)$/i.test(wordAt(tokens, first))
  return capital || proper > 0 && /^(?:med|medical|center|centre|ctr|health|healthcare|university|hospice|rehab)$/.test(weak)
}

function isAllSpecialty(reading: Reading, first: number, head: number): boolean {
  for (let j = first; j < head; j++) {
    if (isNameWord(reading, j) && (!isWord(reading, j, WORD.specialty | WORD.care) || /^(?:general|university|community)$/i.test(wordAt(reading.tokens, j)))) return false
  }
  return true
}

/** More heads, "of Philadelphia", a city with its state: parts of the same name. */
function extendRight(reading: Reading, from: number): number {
  const { tokens } = reading
  let last = from
  for (let j = from + 1; j < Math.min(tokens.count, from + 8); j++) {
    const gap = gapAt(reading, j)
    const word = wordAt(tokens, j)
    const joined = (gap & ~(GAP.space | GAP.hyphen | GAP.period | GAP.possessive)) === 0 && !((gap & GAP.period) !== 0 && wordAt(tokens, j - 1).length > 4)
    if (joined && isWord(reading, j, WORD.facilityHead | WORD.facilityWeak) && (isCapital(reading, j) || j === last + 1 && isWord(reading, j, WORD.facilityHead)) && !/^(?:st|va|er|ed)$/i.test(word)) {
      last = j
      continue
    }
    if (joined && j === last + 1 && isCapital(reading, j) && isWord(reading, j, WORD.facilityWord) && !LINKING.test(word)) {
      last = j
      continue
    }
    if (joined && /^(?:of|in|at)$/i.test(word) && (isCapital(reading, j + 1) || /^the$/i.test(wordAt(tokens, j + 1)))) {
      const next = /^the$/i.test(wordAt(tokens, j + 1)) ? j + 2 : j + 1
      const place = placeEnd(reading, next)
      if (place < 0) return last
      last = place
      j = place
      continue
    }
    if ((joined || (gap & ~(GAP.space | GAP.comma | GAP.newline)) === 0) && isCapital(reading, j)) {
      const place = placeEnd(reading, j)
      if (place < 0) return last
      last = place
      j = place
      continue
    }
    return last
  }
  return last
}

/** The last token of a city or state name that begins at i, or -1. */
function placeEnd(reading: Reading, i: number): number {
  if (!isCapital(reading, i)) return -1
  const word = wordAt(reading.tokens, i)
  if (isWord(reading, i, WORD.stateCode) && shapeAt(reading, i) === SHAPE.upper && word.length === 2) return i
  if (isWord(reading, i, WORD.state)) return i
  if (isWord(reading, i, WORD.calendar | WORD.stop | WORD.title | WORD.clinicianTitle)) return -1
  const end = longestPhrase(reading, i, LISTED.city | LISTED.county)
  if (end > i) return end
  return end === i && (gapAt(reading, i) & (GAP.comma | GAP.space)) !== 0 ? i : -1
}

function bounds(reading: Reading, first: number, last: number): { readonly start: number; readonly end: number } {
  return { start: reading.tokens.start[first] ?? 0, end: reading.tokens.end[last] ?? 0 }
}

/** Names of hospitals that the list holds, as far as they go: "Johns Hopkins", "Mass General". */
function addListed(reading: Reading, i: number, found: Candidate[]): void {
  if ((listedAt(reading, i) & (LISTED.hospital | LISTED.prefix)) === 0) return
  const end = longestPhrase(reading, i, LISTED.hospital)
  if (end < 0 || isWord(reading, end + 1, WORD.eponymTail)) return
  const single = end === i
  const cued = PREPOSITION.test(wordAt(reading.tokens, Math.max(0, i - 1))) && i > 0
  if (single && !(cued && (listedAt(reading, i) & LISTED.safe) === 0) && !(cued && shapeAt(reading, i) === SHAPE.upper && !ABBREVIATIONS.has(wordAt(reading.tokens, i)))) return
  if (!isCapital(reading, end)) return
  const { start, end: stop } = bounds(reading, i, extendRight(reading, end))
  found.push({ start, end: stop, class: 'FACILITY', role: 'unknown', score: single ? 0.6 : 0.8, source: 'facility.listed' })
}

/** "St. Luke's": a saint's possessive names an institution, but for a herb and a dance. */
function addSaint(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  if (!/^(?:St|Saint|ST|SAINT)$/.test(wordAt(tokens, i)) || !isCapital(reading, i + 1)) return
  if ((gapAt(reading, i + 1) & ~(GAP.space | GAP.period)) !== 0) return
  let last = i + 1
  if (isCapital(reading, i + 2) && gapAt(reading, i + 2) === GAP.space && isWord(reading, i + 2, WORD.facilityHead) === false && (gapAt(reading, i + 3) & GAP.possessive) !== 0) last = i + 2
  const owned = /^(?:'s|s')(?![A-Za-z])/i.test(tokens.text.slice(tokens.end[last] ?? 0, (tokens.end[last] ?? 0) + 3)) || tokens.text.charAt(tokens.end[last] ?? 0) === "'"
  if (!owned || /^(?:wort|dance|day|disease|fire)$/i.test(wordAt(tokens, last + 1))) return
  const { start, end } = bounds(reading, i, extendRight(reading, last))
  const tail = /^'s?(?![A-Za-z])/i.exec(tokens.text.slice(end, end + 3))?.[0].length ?? 0
  found.push({ start, end: end + tail, class: 'FACILITY', role: 'unknown', score: 0.7, source: 'facility.saint' })
}

/** "seen at Redwood on", "transferred from UWMC": what is visited is a place of care or a town. */
function addVisited(reading: Reading, i: number, found: Candidate[]): void {
  if (i === 0) return
  const { tokens } = reading
  let cue = i - 1
  if (/^(?:the|our)$/i.test(wordAt(tokens, cue))) cue--
  if (cue < 0 || (gapAt(reading, i) & ~(GAP.space | GAP.newline)) !== 0) return
  const preposition = wordAt(tokens, cue).toLowerCase()
  if (!/^(?:at|to|from|in)$/.test(preposition)) return
  const verb = hasBefore(reading, cue, WORD.visitVerb, preposition === 'at' ? 9 : 3)
  if (!verb && preposition !== 'at') return
  let last = i
  let proper = false
  for (let j = i; j < Math.min(tokens.count, i + 5); j++) {
    const word = wordAt(tokens, j)
    const gap = gapAt(reading, j)
    if (j > i && ((gap & ~SAME_NAME) !== 0 || ((gap & GAP.period) !== 0 && !SAINT.test(wordAt(tokens, j - 1))))) break
    if (!isCapital(reading, j) || isWord(reading, j, WORD.calendar | WORD.title | WORD.clinicianTitle | WORD.relation)) break
    if (ABBREVIATIONS.has(word) || (isWord(reading, j, WORD.care | WORD.stop) && !isWord(reading, j, WORD.facilityWord | WORD.facilityWeak))) break
    const upper = shapeAt(reading, j) === SHAPE.upper
    const listed = listedAt(reading, j)
    if (upper && !reading.isUpperCase ? verb && word.length > 2 : SAINT.test(word) || (listed & LISTED.safe) === 0 || (listed & (LISTED.city | LISTED.hospital)) !== 0) proper = true
    last = j
  }
  if (!proper || !isCapital(reading, last) || reading.isUpperCase || isWord(reading, i, WORD.protect) && !verb) return
  if (isWord(reading, last + 1, WORD.eponymTail) && (gapAt(reading, last + 1) & GAP.comma) === 0) return
  if (isWord(reading, i, WORD.stateCode) && last === i || isWord(reading, i, WORD.state | WORD.country) && last === i) return
  if (ABBREVIATIONS.has(wordAt(tokens, i)) || (isWord(reading, i, WORD.care) && !SAINT.test(wordAt(tokens, i)))) return
  const { start, end } = bounds(reading, i, extendRight(reading, last))
  const tail = /^'s(?![A-Za-z])/i.test(tokens.text.slice(end, end + 3)) ? 2 : 0
  found.push({ start, end: end + tail, class: 'FACILITY', role: 'unknown', score: verb ? 0.65 : 0.5, source: 'facility.visited' })
}
