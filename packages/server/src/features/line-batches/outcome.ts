import type { AppError } from '@breakwater/kernel'
import { toOpenAiError } from '../../platform/http/problem.ts'
import type { LineEnd } from './store.ts'

export type Outcome = Pick<LineEnd, 'state'> & { readonly text: string }

interface Named {
  readonly customId: string
  /** Of the crossing, as the ledger names it. */
  readonly crossing: string
}

const LINE_ENDS = /[\r\n]+/g

/** A line of the results. Line ends in JSON stand between its parts only, so a blank does as well. */
export function describeAnswer({ customId, crossing }: Named, body: string): Outcome {
  const flat = body.replace(LINE_ENDS, ' ')
  return { state: 'completed', text: writeLine({ customId, crossing }, writeResponse(200, crossing, flat), null) }
}

/** A refusal that its sender would have got as the answer, told as one and as the line's error. */
export function describeRefusal(named: Named, error: AppError): Outcome {
  const response = writeResponse(error.status, named.crossing, JSON.stringify(toOpenAiError(error)))
  return { state: 'failed', text: writeLine(named, response, error) }
}

/** A line that never ran, or of which nobody knows what came. */
export function describeNoAnswer(named: Named, error: AppError): Outcome {
  return { state: 'failed', text: writeLine(named, 'null', error) }
}

function writeLine({ customId, crossing }: Named, response: string, error: AppError | null): string {
  const told = error && { code: error.code, message: error.message }
  return (
    `{"id":"batch_req_${crossing}","custom_id":${JSON.stringify(customId)},` +
    `"response":${response},"error":${JSON.stringify(told)}}`
  )
}

function writeResponse(status: number, crossing: string, body: string): string {
  return `{"status_code":${status},"request_id":"${crossing}","body":${body}}`
}
