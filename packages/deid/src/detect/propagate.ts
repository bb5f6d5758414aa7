import { LISTED } from '../gazetteer/gazetteer.ts'
import type { Confirmation, Confirmed, PhiClass, Span } from '../types.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { isActing, isIntroduced, isSetApart, mayBeNamed } from './placed.ts'
import { isCapital, isWord, listedAt, type Reading, startsSentence, wordAt } from './reading.ts'
import { SHAPE, tokenise } from './tokens.ts'

/** A name is carried on only from a hit that is more than a lone listed word. */
const CONFIRMED = 0.65
const SHORTEST_PART = 3
const SHORTEST_ID = 5
const IDS: ReadonlySet<PhiClass> = new Set([
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'LICENCE',
  'VEHICLE',
  'DEVICE',
  'OTHER_ID',
  'SSN',
  'USERNAME',
  'BIOMETRIC',
])

/** Classes whose spans confirm something. */
export const CONFIRMING: readonly PhiClass[] = ['NAME', ...IDS]

export function createConfirmed(): Confirmed {
  return { parts: new Map(), ids: new Map() }
}

/** Whether nothing is confirmed. */
export function isNothingConfirmed({ parts, ids }: Confirmed): boolean {
  return parts.size === 0 && ids.size === 0
}

/** Whether a span may confirm anything. */
export function confirms({ class: phiClass, score }: Span): boolean {
  return score >= CONFIRMED && (phiClass === 'NAME' || IDS.has(phiClass))
}

/** What the spans of one text confirm; spans and tokens are both in order. */
export function findConfirmations(reading: Reading, spans: readonly Span[]): Confirmation[] {
  const { tokens } = reading
  const found: Confirmation[] = []
  let i = 0
  for (const span of spans) {
    while (i < tokens.count && (tokens.end[i] ?? 0) <= span.start) i++
    if (span.score < CONFIRMED) continue
    const { class: phiClass, role } = span
    if (IDS.has(phiClass) && i < tokens.count) {
      const [start, wordEnd] = [tokens.start[i] ?? 0, tokens.end[i] ?? 0]
      if (span.end - start >= SHORTEST_ID) found.push({ start, end: span.end, wordEnd, class: phiClass, role })
    }
    if (phiClass !== 'NAME') continue
    for (let j = i; j < tokens.count && (tokens.start[j] ?? 0) < span.end; j++) {
      const [start, end] = [tokens.start[j] ?? 0, tokens.end[j] ?? 0]
      const shape = tokens.shape[j] ?? 0
      if (
        end - start < SHORTEST_PART ||
        shape >= SHAPE.digits ||
        isWord(reading, j, WORD.title | WORD.clinicianTitle | WORD.credential) ||
        (isWord(reading, j, WORD.stop) && shape !== SHAPE.title)
      )
        continue
      found.push({ start, end, wordEnd: end, class: phiClass, role })
    }
  }
  return found
}

/** Takes up the words at places of one view. */
export function addConfirmed(confirmed: Confirmed, text: string, confirmations: readonly Confirmation[]): void {
  if (confirmations.length === 0) return
  // Read apart from the text around it, a word has the hashes that it has in it.
  const tokens = tokenise(confirmations.map(({ start, wordEnd }) => text.slice(start, wordEnd)).join(APART))
  for (const [i, { start, end, class: phiClass, role }] of confirmations.entries()) {
    const a = tokens.hashA[i] ?? 0
    if (phiClass !== 'NAME') {
      const surface = text.slice(start, end)
      const list = confirmed.ids.get(a) ?? []
      if (!list.some((one) => one.surface === surface))
        confirmed.ids.set(a, [...list, { surface, class: phiClass, role }])
    } else if (!confirmed.parts.has(a)) confirmed.parts.set(a, { b: tokens.hashB[i] ?? 0, role })
  }
}

const APART = '\n'

/** All that is confirmed in one text: two documents of which it is equal carry on the same. It holds values. */
export function describeConfirmed({ parts, ids }: Confirmed): string {
  let described = ''
  for (const [a, { b, role }] of parts) described += `${a} ${b} ${role}\n`
  for (const [a, list] of ids)
    for (const { surface, class: phiClass, role } of list)
      described += `${a} ${phiClass} ${role} ${surface.length} ${surface}\n`
  return described
}

/** Other places where a confirmed name part or identifier stands. */
export function propagate(reading: Reading, confirmed: Confirmed): Candidate[] {
  const found: Candidate[] = []
  if (isNothingConfirmed(confirmed)) return found
  const { tokens } = reading
  for (let i = 0; i < tokens.count; i++) {
    const a = tokens.hashA[i] ?? 0
    const part = confirmed.parts.get(a)
    if (
      part &&
      part.b === tokens.hashB[i] &&
      (isCapital(reading, i)
        ? !isOrdinary(reading, i) && (!isWord(reading, i, WORD.stop) || isMarked(reading, i))
        : isTypedAgain(reading, i))
    ) {
      found.push({
        start: tokens.start[i] ?? 0,
        end: tokens.end[i] ?? 0,
        class: 'NAME',
        role: part.role,
        score: 0.6,
        source: 'name.propagated',
        stage: 'propagation',
      })
    }
    for (const id of confirmed.ids.get(a) ?? []) {
      const start = tokens.start[i] ?? 0
      if (!tokens.text.startsWith(id.surface, start)) continue
      found.push({
        start,
        end: start + id.surface.length,
        class: id.class,
        role: id.role,
        score: 0.6,
        source: 'id.propagated',
        stage: 'propagation',
      })
    }
  }
  return found
}

/** "works denies nausea": the ordinary word of a name again, where nobody typed capitals and its place says so. */
function isTypedAgain(reading: Reading, i: number): boolean {
  if (!reading.isLowerCase || !mayBeNamed(reading, i) || wordAt(reading.tokens, i).length <= SHORTEST_PART) return false
  return (startsSentence(reading, i) && isActing(reading, i)) || isIntroduced(reading, i) || isSetApart(reading, i, i)
}

/** "Man", "Will": a word of the language, with a capital where only a name has one. */
function isMarked(reading: Reading, i: number): boolean {
  return (
    reading.tokens.shape[i] === SHAPE.title &&
    !startsSentence(reading, i) &&
    !reading.isUpperCase &&
    !reading.isLowerCase
  )
}

/** An ordinary word at the start of a sentence, or an eponym: not the patient again. */
function isOrdinary(reading: Reading, i: number): boolean {
  if (isWord(reading, i + 1, WORD.eponymTail) && isWord(reading, i, WORD.protect)) return true
  const safe = (listedAt(reading, i) & LISTED.safe) !== 0 || isWord(reading, i, WORD.stop)
  if (safe && isActing(reading, i) && wordAt(reading.tokens, i).length > SHORTEST_PART) return false
  const isMarked = reading.tokens.shape[i] === SHAPE.upper && !reading.isUpperCase
  return safe && ((startsSentence(reading, i) && !isMarked) || wordAt(reading.tokens, i).length < SHORTEST_PART)
}
