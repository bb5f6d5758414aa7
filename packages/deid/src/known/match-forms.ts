import type { Candidate } from '../detect/patterns/pattern.ts'
import { isWord, type Reading, wordAt } from '../detect/reading.ts'
import { WORD } from '../detect/lexicon/words.ts'
import { firstTokenAt } from '../detect/tokens.ts'
import type { Form } from './form.ts'
import { KEY_LENGTH, type KnownIndex } from './index-known.ts'
import { NAME_SOURCE } from './name-forms.ts'
import { BREAK, isSeam, isUnspaced, squash, type Squashed, withoutLoneLetters } from './squash.ts'

const CAPITAL = /\p{Lu}/u
/** Words inside a name that have no capital of their own: "Afraid of Bear". */
const SMALL = /^(?:of|the|in|at|to|and|for|on|by|de|da|di|del|der|den|van|von|la|le|el|al|y|e)$/
/** Run together, a short name is a word of another language or half of one. */
const MIN_GLUED = 6

/**
 * Finds every form of the known values. A form counts from the beginning of a word to the end of one, so a look-up at
 * each beginning finds all that an automaton over the whole text would.
 */
export function matchForms(reading: Reading, index: KnownIndex): Candidate[] {
  const found: Candidate[] = []
  if (index.forms.size === 0) return found
  const text = squash(reading.tokens.text)
  findForms(text, reading, index, found)
  const names = withoutLoneLetters(text, reading.tokens.text)
  if (names) {
    const isName = ({ class: phiClass }: Candidate): boolean => phiClass === 'NAME'
    const wider: Candidate[] = []
    findForms(names, reading, index, wider)
    found.push(...wider.filter(isName))
  }
  return found.map((one) => withInitialBehind(one, reading))
}

/** "Lopez, Maria Q.": a letter right behind a whole name belongs to it, but for "I" and "A" of the next sentence. */
const INITIAL_BEHIND = /^ (?:\p{L}\.(?![\p{L}\p{N}])|(?![AI](?!\p{L}))\p{Lu}(?![\p{L}\p{N}']))/u
const INITIAL_WIDTH = 5

function withInitialBehind(candidate: Candidate, { tokens, isUpperCase }: Reading): Candidate {
  if (candidate.source !== NAME_SOURCE || !/[^\p{L}\p{M}]/u.test(tokens.text.slice(candidate.start, candidate.end)))
    return candidate
  const behind = INITIAL_BEHIND.exec(tokens.text.slice(candidate.end, candidate.end + INITIAL_WIDTH))?.[0]
  if (behind === undefined || (isUpperCase && !behind.endsWith('.'))) return candidate
  return { ...candidate, end: candidate.end + behind.length }
}

function findForms(text: Squashed, reading: Reading, index: KnownIndex, found: Candidate[]): void {
  const { text: letters, breaks } = text
  let longest = 0
  for (let at = 0; at < letters.length; at++) {
    if (at > 0 && breaks[at] === BREAK.none && !isSeam(letters, at) && !isBehindZero(letters, at)) continue
    for (let length = 2; length <= KEY_LENGTH; length++) {
      for (const form of index.forms.get(letters.slice(at, at + length)) ?? []) {
        if (form.text.length < length || !letters.startsWith(form.text, at) || !isWhole(form, text, at, reading))
          continue
        const end = (text.places[at + form.text.length - 1] ?? 0) + 1
        // Of forms that begin here, those inside another one say nothing more.
        if (end <= longest && form.class === 'NAME') continue
        longest = Math.max(longest, end)
        const { class: phiClass, role, score, source } = form
        found.push({ start: text.places[at] ?? 0, end, class: phiClass, role, score, source, stage: 'known' })
      }
    }
  }
}

/** A number is the same number behind zeros. */
function isBehindZero(letters: string, at: number): boolean {
  return letters.charCodeAt(at - 1) === 48
}

/** Whether what begins at `at` is the form and not a piece of something longer, with signs only where they may be. */
function isWhole(form: Form, text: Squashed, at: number, reading: Reading): boolean {
  const { text: letters, breaks, places } = text
  const length = form.text.length
  const end = at + length
  if (end < letters.length && breaks[end] === BREAK.none && !isSeam(letters, end)) return false
  let broken = 0
  for (let i = 1; i < length; i++) {
    const kind = breaks[at + i] ?? 0
    if (kind === BREAK.none) continue
    if (kind === BREAK.hard || (form.joints === 'anywhere' && kind !== BREAK.tight)) return false
    if (form.joints !== 'anywhere' && !form.joints.has(i)) return false
    broken++
  }
  const view = reading.tokens.text
  if (form.kind === 'digits') return true
  if (form.kind === 'date') return form.isGlued === true && broken === 0 ? true : broken === form.words.length
  if (form.kind === 'initials') return areInitials(view, places[at] ?? 0, (places[end - 1] ?? 0) + 1, reading)
  if (broken === 0 && form.words.length > 0 && length < MIN_GLUED && !isUnspaced(letters.charCodeAt(at))) return false
  const isCapital = (offset: number): boolean => CAPITAL.test(view.charAt(places[at + offset] ?? 0))
  const begins = [0, ...form.words]
  if (form.needsCapitals && !reading.isLowerCase) {
    const letterBegins = begins.filter((offset) => !/\d/.test(form.text.charAt(offset)))
    const isSmall = (offset: number): boolean =>
      offset > 0 && SMALL.test(form.text.slice(offset, begins.find((next) => next > offset) ?? length))
    const raised = letterBegins.filter((offset) => isCapital(offset))
    if (!letterBegins.every((offset) => isCapital(offset) || (raised.length > 1 && isSmall(offset)))) return false
  }
  // Beside a name of two words a letter is an initial however it is typed: "lopez, maria g".
  const isFull = begins.filter((offset) => !form.initials.includes(offset)).length > 1
  return form.initials.every((offset) => {
    if (isFull && (reading.isLowerCase || !/[ai]/.test(form.text.charAt(offset)))) return true
    const isDotted = view.charCodeAt((places[at + offset] ?? 0) + 1) === 46
    return (isCapital(offset) && !(form.needsCapitals && /[ai]/.test(form.text.charAt(offset)))) || isDotted
  })
}

/** "M.L." and "M. L.", and "ML" where somebody was just spoken of. */
function areInitials(view: string, start: number, end: number, reading: Reading): boolean {
  const surface = view.slice(start, end + 1)
  if (/^(?:\p{Lu}\. ?)+\p{Lu}(?:\.|$|[^\p{L}])/u.test(surface) && surface.includes('.')) return true
  if (!/^\p{Lu}{2,3}(?!\p{L})/u.test(surface)) return false
  const before = firstTokenAt(reading.tokens, start) - 1
  const isCued = isWord(reading, before, WORD.patientCue | WORD.relation | WORD.namedCue)
  return before >= 0 && (isCued || /^initials?$/i.test(wordAt(reading.tokens, before)))
}
