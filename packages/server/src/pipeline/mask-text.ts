import { AppError } from '@breakwater/kernel'
import type { MaskText } from '../features/kept/index.ts'
import type { CrossingDeps } from './deps.ts'
import { planFor } from './detection/planner.ts'
import { maskBody, outgoingTexts } from './mask/mask-body.ts'
import { scanResidual } from './residual/scan-residual.ts'
import { createTokenMaker } from './tokens/scope.ts'
import { createTokenMap } from './tokens/token-map.ts'
import { scanJson } from './walk/scan-json.ts'
import { object, scanned } from './walk/shape.ts'

const SHAPE = object({ text: scanned })
const MAX_DEPTH = 2

/**
 * Masks a text that is kept as a prompt is masked: the same detector, the same tokens, the same second look at the form that
 * stays. The map ends with the call, so nothing leads back.
 */
export function createTextMasker(deps: Pick<CrossingDeps, 'clock' | 'engine' | 'keyring' | 'scanner'>): MaskText {
  const { engine, scanner, keyring, clock } = deps
  return async ({ tenant, id }, text, field) => {
    const scope = { tenant, principal: id, conversation: undefined, patient: undefined, opening: text }
    const map = createTokenMap(createTokenMaker(keyring, scope, clock.now()))
    const planner = planFor(engine, { principal: { tenant }, known: [] })
    const body = JSON.stringify({ text })
    const leaves = scanJson(body, { shape: SHAPE, maxDepth: MAX_DEPTH })
    const masked = await maskBody(planner, map, body, leaves)
    try {
      await scanResidual({ engine: planner, scanner }, map, outgoingTexts(masked.text, SHAPE, MAX_DEPTH))
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== 'residual.found') throw cause
      throw new AppError('residual.found', { message: `${field}: an identifier was left after masking`, field })
    }
    return String(Object(JSON.parse(masked.text)).text)
  }
}
