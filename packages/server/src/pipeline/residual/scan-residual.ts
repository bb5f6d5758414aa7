import type { TextEngine } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { createSurfaceFinder } from '../mask/surfaces.ts'
import type { SurfaceFinder } from '../mask/surfaces.ts'
import { findOwnTokens } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { TextRange } from '../tokens/shape.ts'
import { findEncodedRuns } from './encoded.ts'
import { findResidualShape } from './shapes.ts'

export interface OutgoingText {
  readonly text: string
  /** JSON pointer of declared names and indices. */
  readonly field: string
}

/**
 * The second look at what would leave: plain shapes of identifiers, every value that was masked, both also behind
 * percent, JSON, HTML and base64 encoding. This request's own tokens are exempt. Throws `residual.found` with the field.
 */
export function scanResidual(engine: Pick<TextEngine, 'plan'>, map: TokenMap, texts: readonly OutgoingText[]): void {
  const surfaces = new Set<string>()
  for (const { class: tokenClass, surface } of map.masked()) if (tokenClass !== 'LITERAL') surfaces.add(surface)
  const finder = createSurfaceFinder(surfaces)
  for (const { text, field } of texts) {
    const tokens = findOwnTokens(map, text)
    if (holdsIdentifier(text, tokens, finder) || hidesIdentifier(engine, text, tokens, finder)) {
      throw new AppError('residual.found', { message: `${field}: an identifier was left after masking`, field })
    }
  }
}

function holdsIdentifier(text: string, tokens: readonly TextRange[], finder: SurfaceFinder): boolean {
  return findResidualShape(text, tokens) !== undefined || finder.find(text).length > 0
}

function hidesIdentifier(
  engine: Pick<TextEngine, 'plan'>,
  text: string,
  tokens: readonly TextRange[],
  finder: SurfaceFinder,
): boolean {
  const runs = findEncodedRuns(text).filter(
    ({ start, end }) => !tokens.some((token) => token.start <= start && token.end >= end),
  )
  if (runs.length === 0) return false
  const decoded = runs.map((run) => run.decoded)
  if (decoded.some((view) => holdsIdentifier(view, [], finder))) return true
  try {
    return engine.plan(decoded, 'gateway', { token: () => '' }).some((spans) => spans.length > 0)
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'de-identification failed', cause })
  }
}
