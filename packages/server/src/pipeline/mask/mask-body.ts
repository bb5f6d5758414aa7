import type { Planner } from '../detection/planner.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import type { Shape } from '../walk/shape.ts'
import type { OutgoingText } from '../residual/scan-residual.ts'
import { takeApart } from './document.ts'
import type { JsonDocument, Piece } from './document.ts'
import { maskPieces } from './mask-pieces.ts'
import type { MaskCounts } from './mask-pieces.ts'

export interface MaskedBody {
  readonly text: string
  readonly counts: MaskCounts
  /** Its texts as `outgoingTexts` would read them, where nothing was changed and they are known. */
  readonly outgoing?: readonly OutgoingText[]
}

/** Masks every string leaf of a body. Throws as `takeApart` and `maskPieces` do. */
export async function maskBody(
  engine: Planner,
  map: TokenMap,
  text: string,
  leaves: readonly JsonLeaf[],
): Promise<MaskedBody> {
  const document = takeApart(text, leaves)
  const { masked, counts } = await maskPieces(engine, map, document.pieces, document.fixed)
  const rebuilt = document.rebuild(masked)
  return { text: rebuilt, counts, ...(rebuilt === text && { outgoing: listOutgoing(document) }) }
}

/**
 * Every text of a serialised body that the shape does not fix, read again from the bytes that would leave; the text
 * parts of one message also as the one text that providers make of them.
 */
export function outgoingTexts(body: string, shape: Shape, maxDepth: number): OutgoingText[] {
  return listOutgoing(takeApart(body, scanJson(body, { shape, maxDepth })))
}

function listOutgoing({ pieces, fixed }: JsonDocument): OutgoingText[] {
  const all: OutgoingText[] = [...pieces.map(readInPlace), ...fixed]
  if (pieces.length > 1) all.push(...joinParts(pieces))
  return all
}

/** A code alone says nothing of what it is. */
function readInPlace({ text, field, member }: Piece): OutgoingText {
  return { field, text: member === undefined ? text : `"${member}":"${text}"` }
}

const PART = /\/\d+\/text$/

function joinParts(texts: readonly OutgoingText[]): OutgoingText[] {
  const messages = Map.groupBy(
    texts.filter(({ field }) => PART.test(field)),
    ({ field }) => field.replace(PART, ''),
  )
  return [...messages].flatMap(([field, parts]) => {
    // Several texts at one place are the values of JSON inside it: nobody reads those as one.
    const isPlain = new Set(parts.map((part) => part.field)).size === parts.length
    return parts.length > 1 && isPlain ? [{ field, text: parts.map(({ text }) => text).join('') }] : []
  })
}
