import type { PlannedSpan } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'

const FIELD = '/justification'
// Nobody argues in longer words; what hides behind an encoding is one.
const MAX_WORD_CHARS = 40

/** Refuses a reason in free text that the text engine would mask: it is kept, so it must not speak of a patient. */
export type CheckJustification = (text: string) => Promise<void>

/** What finds identifiers, on this thread or on another one. */
interface Engine {
  plan(texts: readonly string[], profile: 'gateway'): PlannedSpan[][] | Promise<PlannedSpan[][]>
}

/** Throws `body.text-identifies`, `detector.unavailable`. */
export function createJustificationCheck(engine: Engine): CheckJustification {
  return async (text) => {
    const [spans = []] = await engine.plan([text], 'gateway')
    if (spans.length === 0 && text.split(/\s+/).every((word) => word.length <= MAX_WORD_CHARS)) return
    throw new AppError('body.text-identifies', {
      message: 'the justification holds what looks like an identifier: say why without names, dates, places or numbers',
      field: FIELD,
    })
  }
}
