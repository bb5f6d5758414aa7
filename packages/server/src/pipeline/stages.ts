import { createChain } from './chain.ts'
import type { StageRow } from './chain.ts'
import type { Endpoint } from './context.ts'
import { agreements } from './stages/agreements.ts'
import { answer } from './stages/answer.ts'
import { answerPreview } from './stages/answer-preview.ts'
import { authenticate } from './stages/authenticate.ts'
import { authorise } from './stages/authorise.ts'
import { forward } from './stages/forward.ts'
import { guardInput } from './stages/guard-input.ts'
import { guardOutput } from './stages/guard-output.ts'
import { mask } from './stages/mask.ts'
import { parse } from './stages/parse.ts'
import { recordIntent } from './stages/record-intent.ts'
import { recordOutcome } from './stages/record-outcome.ts'
import { recordPreview } from './stages/record-preview.ts'
import { residual } from './stages/residual.ts'
import { restore } from './stages/restore.ts'

// The table. Both columns share every check; a preview ends where the other would leave the house.
const CHECKS = createChain()
  .then('authenticate', authenticate)
  .then('parse', parse)
  .then('authorise', authorise)
  .then('agreements', agreements)
  .notBuilt('budget')
  .notBuilt('minimise')
  .then('guardInput', guardInput)
  .then('mask', mask)
  .then('residual', residual)

const CHAT_COMPLETIONS = CHECKS.then('recordIntent', recordIntent)
  .then('forward', forward)
  .then('guardOutput', guardOutput)
  .then('restore', restore)
  .then('recordOutcome', recordOutcome)
  .then('answer', answer)

const PREVIEW = CHECKS.then('recordPreview', recordPreview).then('answerPreview', answerPreview)

export const CHAINS = { 'chat.completions': CHAT_COMPLETIONS, preview: PREVIEW } as const

/** The table as data: which stage, in which order, for which endpoint. */
export const STAGES: Readonly<Record<Endpoint, readonly StageRow[]>> = {
  'chat.completions': CHAT_COMPLETIONS.rows,
  preview: PREVIEW.rows,
}
