import type { Evidence, PhiClass, Role } from '@breakwater/deid'

/** What page and program say to each other. Offsets are UTF-16 units, end exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface ReviewSpan extends Range {
  readonly class: PhiClass
  readonly role: Role
  readonly group?: string | undefined
  readonly format?: string | undefined
}

/** One line of the list. */
export interface NoteEntry {
  /** Its number in the input from 0: what addresses are made of. */
  readonly index: number
  /** On the screen only: a name may identify somebody. */
  readonly id: string
  /** Left out until it has been looked at. */
  readonly spans?: number | undefined
  readonly isAccepted: boolean
  readonly isChanged: boolean
  /** The second detector still sees something in what the spans of now would let out. */
  readonly isHeld: boolean
  /** Detection failed: nothing of it may go out. */
  readonly isBlocked: boolean
}

export interface ReviewList {
  readonly notes: readonly NoteEntry[]
  /** Notes not looked at yet. */
  readonly pending: number
  readonly canCorrect: boolean
  readonly hasGold: boolean
  readonly classes: readonly PhiClass[]
  readonly roles: readonly Role[]
}

/** What would go out with the spans of now. */
export interface Outcome {
  readonly text: string
  readonly changes: readonly { readonly from: Range; readonly to: Range; readonly class: PhiClass }[]
  /** What the second detector still sees, in the released text and in the original. */
  readonly hits: readonly { readonly at: Range; readonly from: Range; readonly rule: string }[]
}

export interface NoteView {
  readonly index: number
  readonly id: string
  readonly text: string
  readonly isAccepted: boolean
  readonly isChanged: boolean
  readonly isBlocked: boolean
  /** Of now: corrected, else gold, else detected. */
  readonly spans: readonly ReviewSpan[]
  /** As detection found them, with the candidates behind them. */
  readonly detected: readonly (ReviewSpan & { readonly score: number })[]
  readonly evidence: readonly Evidence[]
  readonly outcome: Outcome
}

/** A correction that was kept, and what it leads to. */
export interface SavedNote {
  readonly entry: NoteEntry
  readonly outcome: Outcome
}
