import type { PhiClass, Role } from '../types.ts'
import { squashValue } from './squash.ts'

/** One way to write a known value. */
export interface Form {
  /** Letters and digits only, lower case. */
  readonly text: string
  /** Where a sign may stand in it; `anywhere` for numbers, whose groups everybody makes differently. */
  readonly joints: ReadonlySet<number> | 'anywhere'
  /** Where its words begin after the first. */
  readonly words: readonly number[]
  /** Places of single letters that stand for a name. */
  readonly initials: readonly number[]
  /** `date`: a sign at every joint or, when `isGlued`, at none. `initials`: letters with full stops. */
  readonly kind: 'words' | 'digits' | 'date' | 'initials'
  readonly isGlued?: boolean
  /** Each of its words is an ordinary one too: only capitals make it a name. */
  readonly needsCapitals: boolean
  readonly class: PhiClass
  readonly role: Role
  readonly score: number
  readonly source: string
}

/** One letter of a script that has capitals. */
const CASED = /^[\p{Lu}\p{Ll}]$/u

type Shared = Pick<Form, 'class' | 'role' | 'score' | 'source'>

/** A form of several words; signs may stand between them and where they had some themselves. */
export function ofWords(words: readonly string[], shared: Shared & Partial<Form>): Form {
  let text = ''
  const joints = new Set<number>()
  const begins: number[] = []
  const initials: number[] = []
  for (const word of words) {
    const squashed = squashValue(word)
    if (squashed.text === '') continue
    if (text !== '') {
      joints.add(text.length)
      begins.push(text.length)
    }
    if (CASED.test(squashed.text)) initials.push(text.length)
    for (const joint of squashed.joints) joints.add(text.length + joint)
    text += squashed.text
  }
  return { text, joints, words: begins, initials, kind: 'words', needsCapitals: false, ...shared }
}

/** A number with any signs between its digits. */
export function ofDigits(text: string, shared: Shared): Form {
  return { text, joints: 'anywhere', words: [], initials: [], kind: 'digits', needsCapitals: false, ...shared }
}
