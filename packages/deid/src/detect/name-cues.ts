import { LISTED } from '../gazetteer/gazetteer.ts'
import type { Role } from '../types.ts'
import { addInitials } from './initials.ts'
import { WORD } from './lexicon/words.ts'
import { follows, isVerb, NOT_NAME, pushName } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isActing, mayBeNamed } from './placed.ts'
import {
  gapAt,
  isCapital,
  isInitial,
  isWord,
  listedAt,
  longestPhrase,
  type Reading,
  shapeAt,
  wordAt,
} from './reading.ts'
import { isInitialAt, isPronoun, isSpoken } from './spoken.ts'
import { GAP, SHAPE } from './tokens.ts'

/** Degrees that are no state, disease or abbreviation of a note. */
const SURE_DEGREE = /^(?:MD|RN|NP|PA-C|DNP|CRNA|CNM|APRN|FNP|LPN|PhD|PharmD|DDS|DMD|DPM|PsyD|LCSW|MBBS|FACC|FACS)$/
const NO_SURNAME = NOT_NAME | WORD.specialty | WORD.facilityWord | WORD.facilityWeak | WORD.visitVerb
/** What a relative does in a note. */
const ACTS =
  /^(?:has|had|is|was|says|said|works|worked|lives|lived|reports|reported|states|stated|called|calls|came|drove|drives|helps|helped|checks|brought|will|can|notes|noted|wants|takes)$/i
const LABEL =
  /^(?:name|patient|pt|provider|physician|attending|mother|father|spouse|contact|guardian|surgeon|pcp|by|dr|doctor|client|guarantor|subscriber|insured|member|nurse|author|to|from|cc|kin|employee|student|user|signature)$/i

/** Names after a title, a role, a label, a signature line; names before a degree; initials after a role. */
export function findCuedNames(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { count } = reading.tokens
  for (let i = 0; i < count; i++) {
    const bits = reading.words[i] ?? 0
    if ((bits & (WORD.title | WORD.clinicianTitle)) !== 0) addTitled(reading, i, found)
    if ((bits & (WORD.patientCue | WORD.relation | WORD.clinicianCue | WORD.namedCue)) !== 0)
      addAfterRole(reading, i, found)
    if ((bits & WORD.credential) !== 0) addBeforeDegree(reading, i, found)
    if (isInitial(reading, i)) addInitials(reading, i, found)
  }
  return found
}

/** The last token of the name that begins at i, or -1. `sure`: a cue leaves no doubt, so an ordinary word may be a name. */
function nameEnd(reading: Reading, i: number, sure: boolean): number {
  const { tokens } = reading
  let last = -1
  let isLowerRun = false
  for (let j = i; j < Math.min(tokens.count, i + 5); j++) {
    if (j > i && !follows(reading, j)) break
    if (isInitial(reading, j)) {
      if (wordAt(tokens, j) === 'I' && last >= 0 && tokens.text.charCodeAt(tokens.end[j] ?? 0) !== 46) break
      last = j
      continue
    }
    if (
      isWord(reading, j, WORD.particle) &&
      (j > i || sure) &&
      isNamePart(reading, j + 1, true) &&
      follows(reading, j + 1)
    )
      continue
    if (
      j > i &&
      isWord(reading, j, WORD.particle) === false &&
      (tokens.gap[j] ?? 0) & GAP.period &&
      !isInitial(reading, j - 1)
    )
      break
    if (
      !isNamePart(
        reading,
        j,
        sure && (j === i || isInitial(reading, j - 1) || isWord(reading, j - 1, WORD.particle)),
      ) &&
      !(isLowerRun && isLowerName(reading, j)) &&
      !(sure && j === i + 1 && isOrdinarySurname(reading, j))
    )
      break
    last = j
    isLowerRun = sure && shapeAt(reading, j) === SHAPE.lower
  }
  return last
}

/** A name as somebody types it who leaves capitals out: listed, and no word of the language or the clinic. */
function isLowerName(reading: Reading, i: number): boolean {
  if (i >= reading.tokens.count || shapeAt(reading, i) !== SHAPE.lower) return false
  const listed = listedAt(reading, i)
  return (
    (listed & (LISTED.first | LISTED.surname)) !== 0 &&
    (listed & LISTED.safe) === 0 &&
    wordAt(reading.tokens, i).length > 2 &&
    !isVerb(reading, i) &&
    !isWord(reading, i, NO_SURNAME | WORD.protect)
  )
}

/** The same where the whole text lacks capitals, and they were guessed. */
function isTypedName(reading: Reading, i: number): boolean {
  return isLowerName(reading, i) || (reading.isLowerCase && isCapital(reading, i) && isNamePart(reading, i, true))
}

/** "mr. lee", "mrs long": behind these titles a surname may be an ordinary word. */
function isLowerSurname(reading: Reading, i: number): boolean {
  return (
    i < reading.tokens.count &&
    shapeAt(reading, i) === SHAPE.lower &&
    (listedAt(reading, i) & LISTED.surname) !== 0 &&
    !isWord(reading, i, NO_SURNAME)
  )
}

/** "his wife ana works": an ordinary word that is a given name too, between a relative and what the relative does. */
function isActingName(reading: Reading, i: number): boolean {
  const both = LISTED.first | LISTED.surname
  return (
    shapeAt(reading, i) === SHAPE.lower &&
    (listedAt(reading, i) & both) === both &&
    wordAt(reading.tokens, i).length > 2 &&
    !isWord(reading, i, NO_SURNAME) &&
    (gapAt(reading, i + 1) & ~GAP.space) === 0 &&
    ACTS.test(wordAt(reading.tokens, i + 1))
  )
}

/** "wife ana", "pt maria lopez": right behind a role a given name, or a name with its surname, counts in lower case. */
function isLowerGiven(reading: Reading, i: number, isRelative: boolean): boolean {
  if (i >= reading.tokens.count || gapAt(reading, i) === GAP.newline) return false
  const agreed = LISTED.first | LISTED.agreed
  if (isRelative && isActingName(reading, i)) return true
  if (!isLowerName(reading, i)) return false
  const isPair = follows(reading, i + 1) && isLowerName(reading, i + 1)
  return (
    (listedAt(reading, i) & agreed) === agreed ||
    ((listedAt(reading, i) & LISTED.first) !== 0 && (isPair || isRelative))
  )
}

/** "Long" after a given name under a title or label. */
function isOrdinarySurname(reading: Reading, i: number): boolean {
  return (
    isCapital(reading, i) &&
    (listedAt(reading, i - 1) & LISTED.first) !== 0 &&
    !isWord(reading, i, NOT_NAME | WORD.visitVerb) &&
    ((listedAt(reading, i) & LISTED.surname) !== 0 || !isWord(reading, i, WORD.protect | WORD.specialty))
  )
}

function isNamePart(reading: Reading, i: number, sure: boolean): boolean {
  if (i >= reading.tokens.count) return false
  const listed = listedAt(reading, i)
  const isName = (listed & (LISTED.first | LISTED.surname)) !== 0
  if (isCapital(reading, i)) {
    if (isWord(reading, i, NOT_NAME & ~WORD.calendar & ~WORD.state & ~WORD.eponymTail))
      return (
        sure &&
        isName &&
        isWord(reading, i, WORD.stop) &&
        shapeAt(reading, i) === SHAPE.title &&
        !isWord(reading, i, WORD.title | WORD.clinicianTitle)
      )
    if (isWord(reading, i, WORD.calendar | WORD.state | WORD.eponymTail)) return sure && isName
    if (shapeAt(reading, i) === SHAPE.upper && !reading.isUpperCase && !isName)
      return sure && wordAt(reading.tokens, i).length > 3
    if ((listed & LISTED.safe) === 0) return !isWord(reading, i, WORD.protect) || sure || isName
    return sure
      ? true
      : isName &&
          (listed & LISTED.agreed) !== 0 &&
          !isWord(reading, i, WORD.protect | WORD.specialty | WORD.facilityWord)
  }
  if (shapeAt(reading, i) !== SHAPE.lower || !sure) return false
  return isName && (listed & LISTED.safe) === 0 && !isWord(reading, i, NOT_NAME)
}

/** "Dr. Amara Okafor", "Mrs. Long", "Drs. Lee and Park". */
function addTitled(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  const word = wordAt(tokens, i)
  const clinician = isWord(reading, i, WORD.clinicianTitle)
  if (
    /^(?:np|pa-c|rn|fr|col|capt|lt|sgt|nurse|ms|sr|doctor|sir|miss)$/i.test(word) &&
    !isCapital(reading, i) &&
    !isTypedName(reading, i + 1)
  )
    return
  // A catheter of 16 French.
  if (/^fr$/i.test(word) && i > 0 && shapeAt(reading, i - 1) === SHAPE.digits) return
  // MS, the disease or the degree; "Sr" after a name; "Drive" after a street name.
  if (
    /^(?:MS|RN|NP|DR|SR|FR)$/.test(word) &&
    !reading.isUpperCase &&
    (gapAt(reading, i + 1) & GAP.period) === 0 &&
    !/^(?:RN|NP)$/.test(word)
  )
    return
  const gap = gapAt(reading, i + 1)
  if (i + 1 >= tokens.count || (gap & ~(GAP.space | GAP.period | GAP.newline)) !== 0) return
  // "MR number"; "Dr. I moved" of a street.
  if (/^(?:number|no|num|id|record|i)$/i.test(wordAt(tokens, i + 1)) && !isInitialAt(reading, i + 1)) return
  // A degree at the end of a sentence is no title of the next one.
  const isDegree = isWord(reading, i, WORD.credential) && word !== 'Ms' && word !== 'ms'
  if (isDegree && ((gap & GAP.period) !== 0 || isCapital(reading, i - 1))) return
  if ((gap & GAP.newline) !== 0 && (gap & GAP.period) === 0 && !isCapital(reading, i + 1)) return
  const longWord = /^(?:nurse|doctor|sir|professor|miss)$/i.test(word)
  const isGiven = isCapital(reading, i) && (listedAt(reading, i + 1) & LISTED.first) !== 0
  const isTyped = !/^(?:sir|professor)$/i.test(word) && isLowerName(reading, i + 1)
  const end = nameEnd(reading, i + 1, !longWord || isGiven || isTyped || isAddressed(reading, i))
  const last = end < 0 && /^(?:mr|mrs)$/i.test(word) && isLowerSurname(reading, i + 1) ? i + 1 : end
  if (last < 0) return
  const role: Role = clinician ? 'clinician' : 'unknown'
  pushName(reading, found, i + 1, last, role, 0.95, 'name.title')
  // Two doctors under one title.
  if (
    /^(?:and|&)$/i.test(wordAt(tokens, last + 1)) &&
    clinician &&
    isCapital(reading, last + 2) &&
    /^drs$/i.test(word)
  ) {
    const second = nameEnd(reading, last + 2, true)
    if (second > 0) pushName(reading, found, last + 2, second, role, 0.9, 'name.title')
  }
}

/** "Doctor Dear and Dr. Lee", "Miss Page (37013)": a title in full, then one word with a capital inside a sentence. */
function isAddressed(reading: Reading, i: number): boolean {
  const title = wordAt(reading.tokens, i)
  // "PHONED TO DOCTOR STILL AT NOON".
  if (reading.isUpperCase && title === 'DOCTOR' && /^(?:TO|BY|WITH|FROM|PER)$/.test(wordAt(reading.tokens, i - 1)))
    return (listedAt(reading, i + 1) & LISTED.surname) !== 0 && !isWord(reading, i + 1, NO_SURNAME)
  if (!/^(?:Doctor|Miss)$/.test(title) || reading.isUpperCase || reading.isLowerCase) return false
  if (gapAt(reading, i + 1) !== GAP.space || shapeAt(reading, i + 1) !== SHAPE.title) return false
  if (isCapital(reading, i + 2)) return false
  const isSurname = (listedAt(reading, i + 1) & LISTED.surname) !== 0
  return !isWord(
    reading,
    i + 1,
    isSurname ? NO_SURNAME & ~(WORD.stop | WORD.specialty | WORD.care | WORD.facilityWord) : NO_SURNAME,
  )
}

/** "patient Maria Lopez", "daughter, Ana,", "name: LOPEZ, MARIA", "attending: J. Park". */
function addAfterRole(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  let next = i + 1
  if (next >= tokens.count) return
  const cue = wordAt(tokens, i)
  const between = tokens.text.slice(tokens.end[i] ?? 0, tokens.start[next] ?? 0)
  const labelled = /^['s]{0,2}\s{0,3}[:=|]\s{0,12}$/.test(between) && LABEL.test(cue)
  let sure =
    (labelled && !isWord(reading, i, WORD.relation)) || /^(?:named|aka|née|nee|alias|nicknamed|surname)$/i.test(cue)
  if (!labelled && !/^(?:'s)?,?\s{1,2}(?:\()?$/.test(between)) return
  if (between.includes(',') && !isWord(reading, i, WORD.relation | WORD.patientCue | WORD.clinicianCue)) return
  for (
    let skipped = 0;
    skipped < 3 && /^(?:is|was|named|name|called|by|as|full|last|first|maiden|middle|s)$/i.test(wordAt(tokens, next));
    skipped++
  ) {
    if (/^(?:name|named|called)$/i.test(wordAt(tokens, next))) sure = true
    if ((gapAt(reading, next + 1) & ~(GAP.space | GAP.other | GAP.newline)) !== 0) return
    if ((gapAt(reading, next + 1) & GAP.other) !== 0 && !sure) return
    next++
  }
  const role = roleOf(reading, i)
  if (
    /^(?:contact|resident|subject|member|individual|fellow|intern|resident|signed|author|called|name)$/i.test(cue) &&
    !sure &&
    !isCapital(reading, next)
  )
    return
  if (isWord(reading, next, WORD.title | WORD.clinicianTitle)) return
  // "Lopez, Maria A.", "de la Cruz, Maria"
  let family = next
  while (sure && family < next + 3 && isWord(reading, family, WORD.particle) && !isCapital(reading, family)) family++
  const comma = family + 1
  if (
    sure &&
    isNamePart(reading, family, true) &&
    gapAt(reading, comma) === (GAP.comma | GAP.space) &&
    (listedAt(reading, comma) & LISTED.first) !== 0 &&
    isCapital(reading, comma)
  ) {
    const end = nameEnd(reading, comma, true)
    pushName(reading, found, next, Math.max(end, comma), role, 0.95, 'name.label')
    return
  }
  const lowerAllowed = sure && /^(?:named|called|name)$/i.test(wordAt(tokens, next - 1))
  const isRelative = isWord(reading, i, WORD.relation)
  const lowerGiven = isWord(reading, i, WORD.relation | WORD.patientCue) && isLowerGiven(reading, next, isRelative)
  if (!isCapital(reading, next) && !isInitial(reading, next) && !lowerAllowed && !lowerGiven) return
  if (labelled && (isSpoken(reading, i, next) || isPronoun(reading, next))) return
  const isActing = isRelative && isActingName(reading, next)
  const last = isActing ? next : nameEnd(reading, next, sure || lowerGiven || isGivenBeforeName(reading, next))
  if (last < 0) return
  if (!sure && !isActing && last === next) {
    const listed = listedAt(reading, next)
    if (isInitial(reading, next)) return
    if (shapeAt(reading, next) === SHAPE.upper && !isNamedByActing(reading, i, next)) return
    const isGiven =
      (listed & LISTED.first) !== 0 &&
      isRelative &&
      [SHAPE.title, SHAPE.mixed].some((shape) => shape === shapeAt(reading, next))
    // "uncle Thabo": a name that no list holds, but no word of the language either.
    const isForeign =
      listed === 0 &&
      isRelative &&
      between === ' ' &&
      shapeAt(reading, next) === SHAPE.title &&
      !isWord(reading, next, NO_SURNAME | WORD.protect)
    if (isNamedByActing(reading, i, next)) {
      pushName(reading, found, next, next, role, 0.6, 'name.role')
      return
    }
    if (!isGiven && !isForeign && ((listed & (LISTED.first | LISTED.surname)) === 0 || (listed & LISTED.safe) !== 0))
      return
  }
  if (last === next && isInitial(reading, next) && !sure) return
  pushName(reading, found, next, last, role, sure ? 0.9 : 0.75, sure ? 'name.label' : 'name.role')
}

/** "Pharmacist Sugar left a note", "his wife Faith says": an ordinary word with a capital between a role and what people do. */
function isNamedByActing(reading: Reading, i: number, next: number): boolean {
  if (reading.isLowerCase || gapAt(reading, next) !== GAP.space || next !== i + 1) return false
  if (reading.isUpperCase)
    return isWord(reading, i, WORD.relation) && mayBeNamed(reading, next) && isActing(reading, next)
  if (!isWord(reading, i, WORD.relation | WORD.clinicianCue | WORD.patientCue)) return false
  return shapeAt(reading, next) === SHAPE.title && mayBeNamed(reading, next) && isActing(reading, next)
}

/** "patient Drew Strong": beside a role an ordinary word is a given name when another capital follows. */
function isGivenBeforeName(reading: Reading, i: number): boolean {
  return (
    (listedAt(reading, i) & LISTED.first) !== 0 &&
    isCapital(reading, i) &&
    !isWord(reading, i, NOT_NAME | WORD.protect) &&
    (isCapital(reading, i + 1) || isInitial(reading, i + 1)) &&
    follows(reading, i + 1) &&
    !isWord(reading, i + 1, NOT_NAME | WORD.facilityWeak)
  )
}

function roleOf(reading: Reading, i: number): Role {
  if (isWord(reading, i, WORD.relation)) return 'relative'
  if (isWord(reading, i, WORD.patientCue)) return 'patient'
  if (isWord(reading, i, WORD.clinicianCue)) return 'clinician'
  for (let j = i - 1; j >= Math.max(0, i - 2); j--)
    if (isWord(reading, j, WORD.relation | WORD.patientCue | WORD.clinicianCue)) return roleOf(reading, j)
  return 'unknown'
}

/** "Handoff from Long RN to Page RN": an ordinary word with a capital between such a word and the degree. */
function isHanded(reading: Reading, i: number): boolean {
  if (reading.isUpperCase || reading.isLowerCase || shapeAt(reading, i - 1) !== SHAPE.title) return false
  return !isWord(reading, i - 1, NO_SURNAME) && /^(?:to|from|by|with|per|and)$/.test(wordAt(reading.tokens, i - 2))
}

/** "Amara Okafor, MD", "J. PARK RN": the degree tells who is meant. */
function addBeforeDegree(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  const degree = wordAt(tokens, i)
  if (!/^(?:[A-Z][A-Za-z]{0,4}|PA-C)$/.test(degree) || degree === degree.toLowerCase()) return
  const gap = gapAt(reading, i)
  if (i === 0 || (gap & ~(GAP.space | GAP.comma | GAP.period)) !== 0) return
  const sure = (gap & GAP.comma) !== 0 && SURE_DEGREE.test(degree)
  let first = i
  for (let j = i - 1; j >= Math.max(0, i - 4); j--) {
    if (j < i - 1 && !follows(reading, j + 1)) break
    const isSure = (sure && !isWord(reading, j, NO_SURNAME)) || (j === i - 1 && isHanded(reading, i))
    const part = isCapital(reading, j) && (isNamePart(reading, j, false) || isSure)
    if (!part && !isInitial(reading, j) && !isWord(reading, j, WORD.particle)) break
    first = j
  }
  while (first < i && isWord(reading, first, WORD.particle)) first++
  if (first === i) return
  // "Silver Spring, MD" is a town.
  if (/^(?:MD|PA|DO)$/.test(degree) && longestPhrase(reading, first, LISTED.city) === i - 1) return
  const alone = first === i - 1
  const listed = listedAt(reading, i - 1)
  // "Baltimore, MD" and "Erie, PA" are towns, "MS" after a plain word is a disease.
  if (
    alone &&
    ((listed & LISTED.city) !== 0 ||
      (listed & LISTED.surname) === 0 ||
      ((listed & LISTED.safe) !== 0 && !isHanded(reading, i)) ||
      /^(?:MS|PT|OT|OD|RD|PA|DO)$/.test(degree))
  )
    return
  if (!alone && /^(?:MS|PT|OT|PA|MD|RD)$/.test(degree) && (listed & (LISTED.first | LISTED.surname)) === 0) return
  pushName(reading, found, first, i - 1, 'clinician', 0.9, 'name.degree')
}
