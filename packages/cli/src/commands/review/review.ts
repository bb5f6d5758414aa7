import { writeGoldLine } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'
import { createStagedFile } from '../../io/staged-file.ts'
import type { Terminal } from '../../terminal.ts'
import type { Analysis, Analyst } from './analyse.ts'
import { ROLES } from './check-spans.ts'
import type { Correction, Corrections } from './corrections.ts'
import { PHI_CLASSES } from './notes.ts'
import type { SourceNote } from './notes.ts'
import type { NoteEntry, NoteView, Outcome, ReviewList, ReviewSpan, SavedNote } from './shape.ts'

/** The notes under review and what is known of them. */
export interface Review {
  list(): ReviewList
  /** Throws `resource.unknown`. */
  view(index: number): NoteView
  /** Keeps a correction. Throws `resource.conflict` without a file for it, `resource.unknown`, `body.invalid`. */
  correct(index: number, correction: Correction): Promise<SavedNote>
  /** How many units the text of a note has. */
  unitsOf(index: number): number
  /** Looks at the next note that nobody opened yet; false when all were. */
  lookAhead(): boolean
  /** Writes the accepted notes as gold and answers how many. */
  exportGold(): Promise<number>
}

export interface ReviewOptions {
  readonly notes: readonly SourceNote[]
  readonly analyst: Analyst
  /** Left out: nothing can be corrected. */
  readonly corrections?: Corrections | undefined
  /** Where gold goes. */
  readonly goldPath?: string | undefined
  readonly onKilled: Terminal['onKilled']
}

const NOTHING: Outcome = { text: '', changes: [], hits: [] }

export function createReview({ notes, analyst, corrections, goldPath, onKilled }: ReviewOptions): Review {
  const analyses = new Map<number, Analysis | 'blocked'>()
  const held = new Set<number>()
  let ahead = 0

  const note = (index: number): SourceNote => {
    const found = notes[index]
    if (found === undefined) throw new AppError('resource.unknown', { message: 'no such note' })
    return found
  }
  const analyse = (index: number): Analysis | 'blocked' => {
    const known = analyses.get(index)
    if (known !== undefined) return known
    const made = analyst.detect(note(index).text) ?? 'blocked'
    analyses.set(index, made)
    release(index)
    return made
  }
  const original = (index: number): readonly ReviewSpan[] => {
    const { gold } = note(index)
    if (gold !== undefined) return gold
    const made = analyse(index)
    if (made === 'blocked') return []
    return made.spans.map(({ start, end, class: phiClass, role }) => ({ start, end, class: phiClass, role }))
  }
  const current = (index: number): readonly ReviewSpan[] => corrections?.get(note(index))?.spans ?? original(index)
  const release = (index: number): Outcome => {
    if (analyses.get(index) === 'blocked') return NOTHING
    const outcome = analyst.release(note(index).text, current(index))
    if (outcome.hits.length > 0) held.add(index)
    else held.delete(index)
    return outcome
  }
  const entry = (index: number): NoteEntry => {
    const source = note(index)
    const correction = corrections?.get(source)
    const isKnown = analyses.has(index)
    return {
      index,
      id: source.id,
      spans: isKnown ? current(index).length : undefined,
      isAccepted: correction?.isAccepted ?? false,
      isChanged: correction !== undefined && isKnown && !isSame(correction.spans, original(index)),
      isHeld: held.has(index),
      isBlocked: analyses.get(index) === 'blocked',
    }
  }
  return {
    list: () => ({
      notes: notes.map((_, index) => entry(index)),
      pending: notes.length - analyses.size,
      canCorrect: corrections !== undefined,
      hasGold: notes.some(({ gold }) => gold !== undefined),
      classes: PHI_CLASSES,
      roles: ROLES,
    }),
    view(index) {
      const made = analyse(index)
      const { id, text } = note(index)
      const { isAccepted, isChanged, isBlocked } = entry(index)
      return {
        index,
        id,
        text,
        isAccepted,
        isChanged,
        isBlocked,
        spans: current(index),
        detected:
          made === 'blocked'
            ? []
            : made.spans.map(({ start, end, class: phiClass, role, score }) => ({
                start,
                end,
                class: phiClass,
                role,
                score,
              })),
        evidence: made === 'blocked' ? [] : made.evidence,
        outcome: release(index),
      }
    },
    async correct(index, correction) {
      if (corrections === undefined) {
        throw new AppError('resource.conflict', { message: 'started without --out: nothing can be corrected' })
      }
      analyse(index)
      await corrections.set(note(index), correction)
      return { outcome: release(index), entry: entry(index) }
    },
    unitsOf: (index) => note(index).text.length,
    lookAhead() {
      while (ahead < notes.length && analyses.has(ahead)) ahead++
      if (ahead >= notes.length) return false
      analyse(ahead)
      return true
    },
    async exportGold() {
      if (goldPath === undefined) {
        throw new AppError('resource.conflict', { message: 'started without --out: there is nothing to export' })
      }
      const file = await createStagedFile({ path: goldPath, isForced: true, onKilled })
      let documents = 0
      try {
        for (const source of notes) {
          const correction = corrections?.get(source)
          if (correction?.isAccepted !== true) continue
          const { id, text, about } = source
          await file.write(`${writeGoldLine({ id, text, spans: correction.spans, ...about })}\n`)
          documents++
        }
        await file.finish()
        await file.publish()
      } finally {
        await file.discard()
      }
      return documents
    },
  }
}

function isSame(one: readonly ReviewSpan[], other: readonly ReviewSpan[]): boolean {
  const tell = ({ start, end, class: phiClass, role }: ReviewSpan): string => `${start} ${end} ${phiClass} ${role}`
  return one.length === other.length && one.every((span, index) => tell(span) === (other[index] && tell(other[index])))
}
