import type { PhiClass } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import type { JsonPath } from '../walk/path.ts'
import { labelOf, pointerOf } from '../walk/path.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'
import { isIdentifierShaped } from '../walk/number.ts'
import { ID_PLACE, isRandomHex } from '../walk/random-id.ts'
import { isSealed } from '../walk/sealed.ts'
import { classOfMember, isCoordinate, isLabel, readCoded } from './members.ts'

/** One text to be masked, from anywhere in a body. */
export interface Piece {
  /** Masked whole, as this, because of where it stands; without it, a detector looks for what is to be masked. */
  readonly class?: PhiClass
  /** A code of a FHIR resource, or the name of one: changed only by what is sure of it. */
  readonly coded?: 'code' | 'term'
  /** The member of that value: the second detector reads it there. */
  readonly member?: string
  readonly text: string
  /** A number of JSON; masked, it is a string. */
  readonly isNumber?: boolean
  /** Words that tell what the text is, from the name of its member; empty where text speaks for itself. */
  readonly label: string
  /** JSON pointer to it, of declared names and indices. */
  readonly field: string
}

/** A text that stays as it is, or keeps the body from leaving. */
export interface FixedPiece extends Piece {
  readonly kind: 'key' | 'signed'
}

/** A JSON text taken apart: the pieces to mask and how to put the masked ones in their places. */
export interface JsonDocument {
  readonly pieces: readonly Piece[]
  /** What cannot be masked: names of members, as programs look values up by them, and what a party signed. */
  readonly fixed: readonly FixedPiece[]
  /** The text with each piece replaced; `masked` is parallel to `pieces`. */
  rebuild(masked: readonly string[]): string
}

interface Slot {
  readonly start: number
  readonly end: number
  readonly original: string
  /** It stands in the text as it is, not as a string. */
  readonly isRaw: boolean
  readonly count: number
  readonly rebuild: (masked: readonly string[]) => string
}

const MAX_INNER_LEVELS = 4
const MAX_INNER_DEPTH = 64
const DATA_URL = /\bdata:(?:image|audio|video|application|font)\/[\w.+-]+[;,]/i
/** Base64 that begins as PNG, JPEG, GIF, PDF, RIFF or TIFF files do. */
const MEDIA_BASE64 = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD[dl]|JVBERi0|UklGR|SUkqA|TU0AK)[A-Za-z0-9+/\s]{64}/

/**
 * Takes a body apart. A string that is itself a JSON object or list (tool arguments and results) is taken apart in turn,
 * so that values are masked as values and escapes hide nothing; there names and numbers are text and are masked too.
 * Throws `body.number-identifies`, `body.media-refused`, `body.signed-identifies`.
 */
export function takeApart(text: string, leaves: readonly JsonLeaf[]): JsonDocument {
  const fixed = leaves.flatMap(({ kind, value, path }): FixedPiece[] => {
    if (kind !== 'key' && path.shape?.use !== 'signed') return []
    return [{ kind: kind === 'key' ? 'key' : 'signed', text: value, label: '', field: pointerOf(path) }]
  })
  for (const { kind, value, path } of leaves) {
    if (
      kind === 'number' &&
      (path.shape?.isNumber === true ? isTooLarge(value, path) : isIdentifyingNumber(value, path))
    ) {
      throw refusal('body.number-identifies', pointerOf(path), 'a number in the shape of an identifier')
    }
  }
  for (const { value, path } of leaves) {
    if (path.shape?.use === 'sealed' && value !== '' && !isSealed(value))
      throw refusal('body.signed-identifies', pointerOf(path), 'sealed, and it can be read')
  }
  const { pieces, slots } = collect(
    leaves.filter((leaf) => leaf.kind === 'json' || (leaf.kind === 'string' && !isClosed(leaf) && !isDrawn(leaf))),
  )
  return { pieces, fixed, rebuild: (masked) => fill(text, slots, masked) }
}

/** An id that a server drew, where one stands. */
function isDrawn({ path, value }: JsonLeaf): boolean {
  return isRandomHex(value) && ID_PLACE.test(pointerOf(path))
}

function isClosed({ path: { shape }, value }: JsonLeaf): boolean {
  return (
    shape?.use === 'model' ||
    shape?.use === 'signed' ||
    shape?.use === 'sealed' ||
    (shape?.use === 'closed' && (shape.values?.has(value) === true || shape.form?.test(value) === true))
  )
}

interface Collected {
  readonly pieces: Piece[]
  readonly slots: Slot[]
}

const RESOURCE = /"resourceType"\s{0,8}:/

function collect(leaves: readonly JsonLeaf[], base = '', level = 0, isFhir = false): Collected {
  const pieces: Piece[] = []
  const slots: Slot[] = []
  let before: JsonLeaf | undefined
  for (const leaf of leaves) {
    const { start, end, value, kind, path } = leaf
    const isPlace = isCoordinate(leaf, before)
    if (kind !== 'key') before = leaf
    const field = level === 0 ? pointerOf(path) : base
    if (DATA_URL.test(value) || MEDIA_BASE64.test(value))
      throw refusal('body.media-refused', field, 'media inside a text')
    const inner = (kind === 'string' || kind === 'json') && level < MAX_INNER_LEVELS ? scanInner(value) : undefined
    if (inner && path.shape?.use !== 'identifier') {
      const nested = collect(inner, field, level + 1, RESOURCE.test(value))
      pieces.push(...nested.pieces)
      slots.push({
        start,
        end,
        original: value,
        isRaw: kind === 'json',
        count: nested.pieces.length,
        rebuild: (masked) => fill(value, nested.slots, masked),
      })
    } else {
      const told = isPlace ? { class: 'GEO' as const, label: '' } : describe(leaf, level > 0, isFhir)
      pieces.push({ ...told, text: value, field, ...(kind === 'number' && { isNumber: true }) })
      slots.push({ start, end, original: value, isRaw: false, count: 1, rebuild: ([masked]) => masked ?? '' })
    }
  }
  return { pieces, slots }
}

/** How a leaf is masked, by what it is and where it stands. Declared texts speak for themselves. */
function describe({ kind, path, value }: JsonLeaf, isInner: boolean, isFhir: boolean): Omit<Piece, 'text' | 'field'> {
  if (path.shape?.use === 'identifier') return { class: 'USERNAME', label: '' }
  if (kind === 'key' || (!isInner && path.shape !== undefined)) return { label: '' }
  const phiClass = classOfMember(path, kind) ?? (kind === 'number' ? 'OTHER_ID' : undefined)
  if (phiClass) return { class: phiClass, label: '' }
  const coded = isFhir && kind === 'string' ? readCoded(path, value) : undefined
  if (coded) return { coded, member: labelOf(path).replaceAll(' ', ''), label: '' }
  return { label: isLabel(path) ? labelOf(path) : '' }
}

/** No limit, count or place in a text is as large. */
const MAX_NUMBER = 9_999_999

function isTooLarge(value: string, { shape }: JsonPath): boolean {
  return shape?.isArbitrary !== true && Math.abs(Number(value)) > MAX_NUMBER && isIdentifierShaped(value)
}

function isIdentifyingNumber(value: string, path: JsonPath): boolean {
  return isIdentifierShaped(value) || classOfMember(path, 'number') !== undefined
}

/** A list of small numbers may be a text, character by character: only as a text is it looked at as one. */
const LIST_OF_CODES = /^\s*\[\s*(?:\d{2,3}\s{0,8},\s{0,8}){11,}\d{2,3}\s*\]\s*$/

/** The leaves of a text that is a JSON object or list; `undefined` when it is not, or is too deep to be sure. */
function scanInner(text: string): JsonLeaf[] | undefined {
  if (!/^\s*[[{]/.test(text) || !/[\]}]\s*$/.test(text) || LIST_OF_CODES.test(text)) return undefined
  try {
    let before: JsonLeaf | undefined
    return scanJson(text, { maxDepth: MAX_INNER_DEPTH }).filter((leaf) => {
      const isKept = leaf.kind !== 'number' || isIdentifyingNumber(leaf.value, leaf.path) || isCoordinate(leaf, before)
      if (leaf.kind !== 'key') before = leaf
      return isKept
    })
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined
    throw thrown
  }
}

function fill(text: string, slots: readonly Slot[], masked: readonly string[]): string {
  const edits: Edit[] = []
  let at = 0
  for (const { start, end, original, isRaw, count, rebuild } of slots) {
    const filled = rebuild(masked.slice(at, at + count))
    at += count
    if (filled !== original) edits.push({ start, end, replacement: isRaw ? filled : JSON.stringify(filled) })
  }
  return splice(text, edits)
}

type Refusal = 'body.number-identifies' | 'body.media-refused' | 'body.signed-identifies'

function refusal(code: Refusal, field: string, rule: string): AppError {
  return new AppError(code, { message: `${field}: ${rule}`, field })
}
