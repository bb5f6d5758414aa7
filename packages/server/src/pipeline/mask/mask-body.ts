import type { TextEngine } from '@breakwater/deid'
import type { TokenMap } from '../tokens/token-map.ts'
import { scanJson } from '../walk/scan-json.ts'
import type { JsonLeaf } from '../walk/scan-json.ts'
import { CHAT_REQUEST } from '../walk/request-shape.ts'
import type { OutgoingText } from '../residual/scan-residual.ts'
import { takeApart } from './document.ts'
import { maskPieces } from './mask-pieces.ts'
import type { MaskCounts } from './mask-pieces.ts'

export interface MaskedBody {
  readonly text: string
  readonly counts: MaskCounts
}

/** Masks every string leaf of a body. Throws as `takeApart` and `maskPieces` do. */
export function maskBody(
  engine: Pick<TextEngine, 'plan'>,
  map: TokenMap,
  text: string,
  leaves: readonly JsonLeaf[],
): MaskedBody {
  const document = takeApart(text, leaves)
  const { masked, counts } = maskPieces(engine, map, document.pieces, document.keys)
  return { text: document.rebuild(masked), counts }
}

/** Every text of a serialised body that the shape does not fix, read again from the bytes that would leave. */
export function outgoingTexts(body: string, maxDepth: number): OutgoingText[] {
  const { pieces, keys } = takeApart(body, scanJson(body, { shape: CHAT_REQUEST, maxDepth }))
  return [...pieces, ...keys]
}
