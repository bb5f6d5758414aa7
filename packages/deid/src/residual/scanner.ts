import { AppError } from '@breakwater/kernel'
import { openResidualModel, readVoice, type ResidualModel } from './model.ts'
import { findDefined, findShapes } from './shapes.ts'
import { readWords, type ResidualWord, type TextRange } from './words.ts'

/** Where an identifier seems to be left, and what says so; never its value. */
export interface ResidualHit extends TextRange {
  /** `shape.<id>`, `place` or `model`. */
  readonly rule: string
  /** Log odds, for `model`. */
  readonly score?: number
}

export interface ResidualScanner {
  /**
   * What is left in a text after its transform; an empty list lets it go. `written`, sorted and apart, are the places
   * that the transform wrote: exempt by place, never by value.
   */
  scan(text: string, written?: readonly TextRange[]): ResidualHit[]
}

/** Words longer than numbers of a note are. */
const MIN_DIGITS = 4

/**
 * Makes the second detector of 45 CFR 164.514(b)'s transform: it shares no rule, dictionary or model with the first, so
 * that one mistake does not blind both. A linear model over the letters, shapes and neighbours of words, and plain
 * shapes. `model` is packages/deid/data/residual.bin; throws `detector.unavailable` when it is damaged. Pure.
 */
export function createResidualScanner({ model }: { readonly model: Uint8Array }): ResidualScanner {
  const linear = open(model)
  return {
    scan(text, written = []) {
      const hits: ResidualHit[] = []
      for (const { id, start, end } of findShapes(text, written)) hits.push({ start, end, rule: `shape.${id}` })
      const words = readWords(text, written)
      const { isShouting, isFlat } = readVoice(text)
      const scoreAt = linear.read(words, isShouting)
      const defined = findDefined(text)
      let next = 0
      for (const [at, word] of words.entries()) {
        while ((defined[next]?.end ?? Infinity) <= word.start) next++
        if (word.isPersonal) {
          if (isSomebody(word) && !isRemoved(words, at)) hits.push({ start: word.start, end: word.end, rule: 'place' })
          continue
        }
        if (!isCandidate(word, isFlat) || (defined[next]?.start ?? Infinity) <= word.start) continue
        const score = scoreAt(at)
        if (score >= linear.thresholds[word.placeHash === 0 ? 'text' : 'record'])
          hits.push({ start: word.start, end: word.end, rule: 'model', score })
      }
      return hits
    },
  }
}

/** What people are called besides their names, and what stands where none is known. */
const TITLE = /^(?:dr|mr|mrs|ms|miss|mx|prof|sr|sra|jr|ii|iii|iv|md|do|rn|np|phd|null|none|unknown)$/

/** A word or a number in a place that is a person's. */
function isSomebody({ shape, form }: ResidualWord): boolean {
  if (shape.startsWith('d')) return form.length >= MIN_DIGITS
  return /^x/i.test(shape) && form.length > 1 && !TITLE.test(form)
}

/** `[SSN]`: what was removed for good leaves its class. */
function isRemoved(words: readonly ResidualWord[], at: number): boolean {
  return words[at - 1]?.form === '[' && words[at + 1]?.form === ']' && words[at]?.shape === 'X'
}

/** Small words of a text that knows capitals are no identifiers; to score them all would cost ten times as much. */
export function isCandidate({ shape, form }: ResidualWord, isFlat: boolean): boolean {
  if (shape.startsWith('X')) return true
  if (shape.startsWith('d')) return form.length >= MIN_DIGITS
  return shape.startsWith('x') && (isFlat || shape.length > 1)
}

function open(bytes: Uint8Array): ResidualModel {
  try {
    return openResidualModel(bytes)
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'The model of the residual scanner is damaged.', cause })
  }
}
