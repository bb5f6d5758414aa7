import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import { findCuedNames } from './name-cues.ts'
import { follows, isBorne, isTool, isToolPair, isVerb, NOT_NAME, pushName } from './name-parts.ts'
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

const NAME = LISTED.first | LISTED.surname

/** Names of people: by cues (title, role, label, degree), then by what the lists say of neighbouring capitals. */
export function findNames(reading: Reading): Candidate[] {
  const found = findCuedNames(reading)
  const { count } = reading.tokens
  for (let i = 0; i < count; i++) {
    if (!isCapital(reading, i)) continue
    const last = addListedRun(reading, i, found)
    if (last > i) i = last
  }
  return found
}

/** A capitalised word that a list of names holds and that may begin a name. */
function isListedName(reading: Reading, i: number, list: number): boolean {
  return isCapital(reading, i) && (listedAt(reading, i) & list) !== 0 && !isWord(reading, i, NOT_NAME)
}

/** April, Virginia, May: a month or a state is a given name before a surname that is nothing else. */
function isDoubleMeaning(reading: Reading, i: number): boolean {
  if (
    !isWord(reading, i, WORD.calendar | WORD.state | WORD.stop) ||
    isWord(reading, i, NOT_NAME & ~(WORD.calendar | WORD.state | WORD.stop))
  )
    return false
  const agreed = LISTED.first | LISTED.agreed
  return (
    (listedAt(reading, i) & agreed) === agreed &&
    gapAt(reading, i + 1) === GAP.space &&
    shapeAt(reading, i) === SHAPE.title &&
    isListedName(reading, i + 1, LISTED.surname) &&
    isPlain(reading, i + 1) &&
    shapeAt(reading, i + 1) !== SHAPE.upper &&
    (listedAt(reading, i + 1) & LISTED.city) === 0
  )
}

/** Ward, Street, Hall: a word of places is a surname after a given name that is nothing else. */
function isPlaceSurname(reading: Reading, i: number): boolean {
  const surname = LISTED.surname | LISTED.agreed
  return (
    isWord(reading, i, WORD.care | WORD.state | WORD.eponymTail) &&
    !isWord(reading, i, WORD.stop) &&
    isCapital(reading, i) &&
    shapeAt(reading, i) === SHAPE.title &&
    (listedAt(reading, i) & surname) === surname &&
    isPlain(reading, i - 1)
  )
}

function isPlain(reading: Reading, i: number): boolean {
  return (listedAt(reading, i) & LISTED.safe) === 0 && !isWord(reading, i, WORD.protect) && !isTool(reading, i)
}

/** An initial that ends a name: "Anna S.", "Anna S,"; not "Vitamin D levels", not the pronoun. */
function isClosingInitial(reading: Reading, i: number, sure: boolean): boolean {
  if (!isInitial(reading, i) || gapAt(reading, i) !== GAP.space) return false
  const { text, end } = reading.tokens
  const next = text.charCodeAt(end[i] ?? 0)
  if (next === 46) return true
  if (wordAt(reading.tokens, i) === 'I' || wordAt(reading.tokens, i) === 'A') return false
  return (
    sure &&
    (Number.isNaN(next) ||
      /[,;:)'?!\n]/.test(String.fromCharCode(next)) ||
      isWord(reading, i + 1, WORD.stop | WORD.visitVerb))
  )
}

function isEponym(reading: Reading, first: number, last: number): boolean {
  const gap = gapAt(reading, last + 1)
  if ((gap & (GAP.comma | GAP.newline | GAP.period)) !== 0 || last + 1 >= reading.tokens.count) {
    return (gap & GAP.possessive) !== 0 && isWord(reading, last, WORD.protect)
  }
  if (isWord(reading, last + 1, WORD.eponymTail)) return true
  // "Modified Duke criteria", "Lou Gehrig's motor neuron disease", "Framingham Risk Score".
  const owned = (gap & GAP.possessive) !== 0
  if (owned && isWord(reading, last, WORD.protect)) return true
  if (isWord(reading, last + 2, WORD.eponymTail) && (gapAt(reading, last + 2) & ~GAP.space) === 0) {
    return owned || isWord(reading, first, WORD.protect) || isCapital(reading, last + 1)
  }
  return false
}

/** What the lists and the neighbours say of the capitalised words from i on. Returns the last token used, or i. */
function addListedRun(reading: Reading, i: number, found: Candidate[]): number {
  if (isWord(reading, i, NOT_NAME) && !isDoubleMeaning(reading, i)) return i
  if (isBorne(reading, i) || isToolPair(reading, i)) return i + 1
  if (isInsurer(reading, i)) return i
  const flags = listedAt(reading, i)
  const plain = isPlain(reading, i)
  if ((flags & NAME) === 0) return addUnlisted(reading, i, found)
  const upper = shapeAt(reading, i) === SHAPE.upper
  const sure = (flags & LISTED.first) !== 0 && (plain || (flags & LISTED.agreed) !== 0)
  // "Smith, John A." and "SMITH, JOHN"
  if (
    (flags & LISTED.surname) !== 0 &&
    gapAt(reading, i + 1) === (GAP.comma | GAP.space) &&
    isListedName(reading, i + 1, LISTED.first) &&
    (isPlain(reading, i + 1) || (upper && isListed(reading, i + 1, LISTED.agreed))) &&
    (plain || upper) &&
    !isEponym(reading, i + 1, i + 1) &&
    (!isListed(reading, i, LISTED.city) ||
      (upper && shapeAt(reading, i + 1) === SHAPE.upper && startsSentence(reading, i)))
  ) {
    const isMore = isInitial(reading, i + 2) || (upper && isListedName(reading, i + 2, LISTED.first))
    const last = isMore && follows(reading, i + 2) ? i + 2 : i + 1
    if (!follows(reading, i)) {
      pushName(reading, found, i, last, 'unknown', 0.75, 'name.comma')
      return last
    }
  }
  if ((flags & LISTED.first) !== 0) {
    let last = i
    let witnesses = plain ? 1 : 0
    // Given names and initials, then a surname.
    for (let j = i + 1; j <= i + 4 && j < reading.tokens.count; j++) {
      if (isInitial(reading, j) && isClosingInitial(reading, j, sure) && (sure || plain)) {
        last = j
        witnesses++
        if (!(isCapital(reading, j + 1) && follows(reading, j + 1) && !isSentenceBreak(reading, j + 1))) break
        continue
      }
      if (isInitial(reading, j) && follows(reading, j) && isListedName(reading, j + 1, LISTED.surname)) continue
      if (!follows(reading, j)) break
      if (isWord(reading, j, WORD.particle) && isCapital(reading, j + 1) && follows(reading, j + 1)) continue
      if (!isCapital(reading, j) || (isWord(reading, j, NOT_NAME) && !(j === i + 1 && isPlaceSurname(reading, j))))
        break
      const next = listedAt(reading, j)
      if ((next & LISTED.surname) === 0 && (next & LISTED.first) === 0) {
        if ((next & LISTED.safe) !== 0 || !sure || (shapeAt(reading, j) === SHAPE.upper && !upper)) break
        witnesses += 0.5
      } else if ((next & LISTED.safe) === 0) witnesses++
      else if ((next & LISTED.agreed) !== 0 && sure) witnesses += 0.5
      else break
      last = j
    }
    // "garden music": where nobody typed capitals words of the language are a name by chance.
    if (last > i && reading.isLowerCase && isOrdinaryRun(reading, i, last)) return i
    if (
      last > i &&
      witnesses >= 1 &&
      !(
        upper &&
        !reading.isUpperCase &&
        shapeAt(reading, last) !== SHAPE.upper &&
        witnesses < 2 &&
        !isInitial(reading, last)
      )
    ) {
      // In capitals two words of lists are a pair by chance: "CREW GAVE".
      if (reading.isUpperCase && !isListed(reading, i, LISTED.agreed)) return last
      if (reading.isUpperCase && last === i + 1 && !isInitial(reading, last) && !isListed(reading, last, LISTED.agreed))
        return last
      if (!(isEponym(reading, i, last) && (isWord(reading, i, WORD.protect) || isWord(reading, last, WORD.protect)))) {
        pushName(reading, found, i, last, 'unknown', witnesses >= 2 ? 0.85 : 0.7, 'name.full')
        return last
      }
      return last
    }
    if (last > i && startsSentence(reading, i) === false && sure) {
      pushName(reading, found, i, last, 'unknown', 0.55, 'name.full')
      return last
    }
  }
  // "J. Alvarez"
  if (
    isInitial(reading, i - 1) &&
    follows(reading, i) &&
    (gapAt(reading, i) & GAP.period) !== 0 &&
    plain &&
    !isSentenceBreak(reading, i - 1)
  ) {
    pushName(reading, found, i - 1, i, 'unknown', 0.65, 'name.initial')
    return i
  }
  if (!plain || isEponym(reading, i, i) || isCited(reading, i) || isThing(reading, i)) return i
  const isOrder = gapAt(reading, i + 1) === GAP.space && shapeAt(reading, i + 1) === SHAPE.lower
  if (isOrder && isVerb(reading, i) && startsSentence(reading, i)) return i
  if (upper && (!reading.isUpperCase || (flags & LISTED.agreed) === 0)) return i
  if (reading.isLowerCase || (reading.isUpperCase && (flags & LISTED.first) === 0)) return i
  pushName(reading, found, i, i, 'unknown', (flags & LISTED.agreed) !== 0 ? 0.5 : 0.4, 'name.listed')
  return i
}

function isOrdinaryRun(reading: Reading, first: number, last: number): boolean {
  for (let i = first; i <= last; i++)
    if (isInitial(reading, i) || (listedAt(reading, i) & LISTED.safe) === 0) return false
  return true
}

const INSURED = /\b(?:insurance|insurer|payer|payor|carrier|plan|coverage)(?: is|:|\t| =| -| \|){0,2} {0,2}$/i
const INSURED_WORDS: ReadonlySet<number> = new Set(
  'insurance insurer payer payor carrier plan coverage is'.split(' ').map((word) => hashPhrase(word).a),
)

/** "Payer: Humana", "her plan is Molina": who pays is no person. */
function isInsurer({ tokens }: Reading, i: number): boolean {
  const start = tokens.start[i] ?? 0
  return INSURED_WORDS.has(tokens.hashA[i - 1] ?? 0) && INSURED.test(tokens.text.slice(Math.max(0, start - 20), start))
}

/** "Zinman et al.": an author. */
function isCited(reading: Reading, i: number): boolean {
  return wordAt(reading.tokens, i + 1) === 'et' && wordAt(reading.tokens, i + 2) === 'al'
}

const ARTICLES: ReadonlySet<number> = new Set(['the', 'a', 'an'].map((word) => hashPhrase(word).a))
const HOUSEHOLD =
  /^(?:famil|househ|residen|home|house|estate|boy|girl|baby|bab|child|kid|twins?|brother|sister|couple|case|chart|fil)/i

/** "The criteria of the Katz", "a Blake drain": no person has an article, but a household and a file. */
function isThing(reading: Reading, i: number): boolean {
  if (gapAt(reading, i) !== GAP.space || !ARTICLES.has(reading.tokens.hashA[i - 1] ?? 0)) return false
  return (gapAt(reading, i + 1) & GAP.possessive) === 0 && !HOUSEHOLD.test(wordAt(reading.tokens, i + 1))
}

function isListed(reading: Reading, i: number, list: number): boolean {
  return (listedAt(reading, i) & list) !== 0
}

/** A full stop after an initial ends a name before a word that only opens sentences. */
function isSentenceBreak(reading: Reading, i: number): boolean {
  return isWord(reading, i, WORD.stop | WORD.visitVerb | WORD.title | WORD.clinicianTitle)
}

/** A capitalised word no list knows, between a given name before it and nothing else: taken with its neighbour only. */
function addUnlisted(reading: Reading, i: number, found: Candidate[]): number {
  const flags = listedAt(reading, i)
  if (reading.isLowerCase) return i
  // "Lindqvist, Amara": a family name no list knows before a given name that is nothing else.
  if (
    flags === 0 &&
    shapeAt(reading, i) === SHAPE.title &&
    !isWord(reading, i, WORD.protect) &&
    gapAt(reading, i + 1) === (GAP.comma | GAP.space) &&
    isListedName(reading, i + 1, LISTED.first) &&
    isPlain(reading, i + 1) &&
    startsSentence(reading, i)
  ) {
    pushName(reading, found, i, i + 1, 'unknown', 0.6, 'name.comma')
    return i + 1
  }
  if (
    (flags & LISTED.safe) !== 0 ||
    !isUnknownOrSurname(reading, i + 1) ||
    !isPlain(reading, i + 1) ||
    !follows(reading, i + 1)
  )
    return i
  if (
    shapeAt(reading, i) !== SHAPE.title ||
    isEponym(reading, i, i + 1) ||
    isWord(reading, i, WORD.protect | WORD.facilityWord | WORD.specialty)
  )
    return i
  pushName(reading, found, i, i + 1, 'unknown', 0.5, 'name.beside-listed')
  return i + 1
}

/** The second of two capitalised words that are no words of the language: a foreign name is listed nowhere. */
function isUnknownOrSurname(reading: Reading, i: number): boolean {
  if (isListedName(reading, i, LISTED.surname)) return true
  return (
    shapeAt(reading, i) === SHAPE.title &&
    i < reading.tokens.count &&
    listedAt(reading, i) === 0 &&
    !isWord(reading, i, NOT_NAME | WORD.protect | WORD.facilityWord | WORD.specialty | WORD.facilityWeak) &&
    wordAt(reading.tokens, i).length > 3
  )
}
