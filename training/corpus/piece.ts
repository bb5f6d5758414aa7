import type { PhiClass, Role } from '@breakwater/deid'

/** What a piece of text is, when it is an identifier or a kept class (State, country, year, age under 90). */
interface Label {
  readonly class: PhiClass
  readonly role: Role
  /** The id of the format of a date or an identifier. */
  readonly format?: string
  /** The group of origin of a name. */
  readonly group?: string
}

/** Text that is one identifier, or none. Noise changes pieces, never their borders: so gold spans stay exact. */
export interface Piece {
  readonly text: string
  readonly label?: Label
}

export interface GoldSpan extends Label {
  readonly start: number
  readonly end: number
}

/** Sets pieces one behind the other; a gold span covers its piece without the white space at its ends. */
export function joinPieces(pieces: readonly Piece[]): { readonly text: string; readonly spans: readonly GoldSpan[] } {
  const spans: GoldSpan[] = []
  let text = ''
  for (const piece of pieces) {
    if (piece.label && piece.text.trim() !== '') {
      const start = text.length + (piece.text.length - piece.text.trimStart().length)
      spans.push({ start, end: start + piece.text.trim().length, ...piece.label })
    }
    text += piece.text
  }
  return { text, spans }
}
