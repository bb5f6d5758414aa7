import { createChain } from './chain.ts'
import type { StageRow } from './chain.ts'
import { ENDPOINT_SPECS } from './endpoints/index.ts'
import { agreements } from './stages/agreements.ts'
import { answer } from './stages/answer.ts'
import { answerPreview } from './stages/answer-preview.ts'
import { authenticate } from './stages/authenticate.ts'
import { authorise } from './stages/authorise.ts'
import { budget } from './stages/budget.ts'
import { forward } from './stages/forward.ts'
import { guardInput } from './stages/guard-input.ts'
import { guardOutput } from './stages/guard-output.ts'
import { mask } from './stages/mask.ts'
import { minimise } from './stages/minimise.ts'
import { parse } from './stages/parse.ts'
import { preamble } from './stages/preamble.ts'
import { recordIntent } from './stages/record-intent.ts'
import { recordOutcome } from './stages/record-outcome.ts'
import { recordPreview } from './stages/record-preview.ts'
import { residual } from './stages/residual.ts'
import { restore } from './stages/restore.ts'
import { watchSweeps } from './stages/watch-sweeps.ts'

// The table. All columns share every check; a preview ends where the others would leave the house.
const CHECKS = createChain()
  .add('authenticate', authenticate)
  .add('parse', parse)
  .add('authorise', authorise)
  .add('agreements', agreements)
  .add('budget', budget)
  .add('minimise', minimise)
  .add('guardInput', guardInput)
  .add('mask', mask)
  .add('residual', residual)
  .add('watchSweeps', watchSweeps)
  .add('preamble', preamble)

const CROSSING = CHECKS.add('recordIntent', recordIntent)
  .add('forward', forward)
  .add('guardOutput', guardOutput)
  .add('restore', restore)
  .add('recordOutcome', recordOutcome)
  .add('answer', answer)

const PREVIEW = CHECKS.add('recordPreview', recordPreview).add('answerPreview', answerPreview)

export const CHAINS = { cross: CROSSING, preview: PREVIEW } as const

/** The table as data: which stage, in which order, for which endpoint. */
export const STAGES: Readonly<Record<string, readonly StageRow[]>> = {
  ...Object.fromEntries(ENDPOINT_SPECS.map(({ id }) => [id, CROSSING.rows])),
  mcp: CROSSING.rows,
  preview: PREVIEW.rows,
}
