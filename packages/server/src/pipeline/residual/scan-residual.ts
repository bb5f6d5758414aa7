import { AppError } from '@breakwater/kernel'
import type { DetectionScanner, Planner } from '../detection/planner.ts'
import { createSurfaceFinder } from '../mask/surfaces.ts'
import type { SurfaceFinder } from '../mask/surfaces.ts'
import { findOwnTokens } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { TextRange } from '../tokens/shape.ts'
import { findEncodedRuns } from './encoded.ts'

export interface OutgoingText {
  readonly text: string
  /** JSON pointer of declared names and indices. */
  readonly field: string
}

/** The first detector, for what an encoding hides, and the second one, which shares nothing with it. */
interface Detectors {
  readonly engine: Planner
  readonly scanner: DetectionScanner
}

/**
 * The second look at what would leave: what the second detector sees, every value that was masked, both also behind
 * percent, JSON, HTML and base64 encoding. This request's own tokens are exempt. Throws `residual.found` with the field.
 */
export async function scanResidual(detectors: Detectors, map: TokenMap, texts: readonly OutgoingText[]): Promise<void> {
  const surfaces = new Set<string>()
  for (const { class: tokenClass, surface } of map.masked()) if (tokenClass !== 'LITERAL') surfaces.add(surface)
  const finder = createSurfaceFinder(surfaces)
  for (const { text, field } of texts) {
    const tokens = findOwnTokens(map, text)
    const isFound =
      (await holdsIdentifier(detectors, text, tokens, finder)) ||
      (await hidesIdentifier(detectors, text, tokens, finder))
    if (isFound) {
      throw new AppError('residual.found', { message: `${field}: an identifier was left after masking`, field })
    }
  }
}

async function holdsIdentifier(
  { scanner }: Detectors,
  text: string,
  tokens: readonly TextRange[],
  finder: SurfaceFinder,
): Promise<boolean> {
  const hits = await scanner.scan(text, tokens)
  return hits.length > 0 || finder.find(text).length > 0
}

async function hidesIdentifier(
  detectors: Detectors,
  text: string,
  tokens: readonly TextRange[],
  finder: SurfaceFinder,
): Promise<boolean> {
  const runs = findEncodedRuns(text).filter(
    ({ start, end }) => !tokens.some((token) => token.start <= start && token.end >= end),
  )
  if (runs.length === 0) return false
  const decoded = runs.map((run) => run.decoded)
  for (const view of decoded) if (await holdsIdentifier(detectors, view, [], finder)) return true
  try {
    const plans = await detectors.engine.plan(decoded, 'gateway')
    return plans.some((spans) => spans.length > 0)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('detector.unavailable', { message: 'de-identification failed', cause })
  }
}
