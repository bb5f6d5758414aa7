import type { Stage } from '../chain.ts'
import type { Masked } from '../context.ts'
import { planFor } from '../detection/planner.ts'
import { outgoingTexts } from '../mask/mask-body.ts'
import { scanResidual } from '../residual/scan-residual.ts'

/** The body that would leave, read again from its bytes; where these are the caller's own, as they were read. */
export const residual: Stage<Masked, Masked> = async (context, { engine, scanner, limits }) => {
  const detectors = {
    engine: planFor(engine, context),
    scanner,
    cleared: scanner.clearedOf?.(context.principal.tenant),
  }
  await scanResidual(
    detectors,
    context.map,
    context.outgoing ?? outgoingTexts(context.maskedBody, context.endpoint.request, limits.maxDepth),
  )
  return context
}
