import { AppError } from '@breakwater/kernel'
import type { AnswerForm } from '../structured/check.ts'
import { findTokenForms } from './forms.ts'
import type { RestoreTable } from './restorer.ts'
import type { TextStep } from './step.ts'

/** Looks at a text in JSON, as it was let out, before its end: `guard.output-invalid` when it is not what its reader asked for. */
export function createFormGate(step: TextStep, form: AnswerForm, table: RestoreTable): TextStep {
  let said = ''
  return {
    async push(text) {
      const settled = await step.push(text)
      said += settled
      return settled
    },
    async end() {
      const rest = await step.end()
      said += rest
      const holdsTokens = findTokenForms(said, (token) => table.find(token) !== undefined).length > 0
      if (said === '' || form.fits(said, holdsTokens)) return rest
      throw new AppError('guard.output-invalid', { message: 'the answer does not have the form that was asked for' })
    },
  }
}
