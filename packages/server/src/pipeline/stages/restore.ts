import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { OutputGuarded, Restored } from '../context.ts'
import { createDocumentGuard } from '../answer/document-guard.ts'
import { guardStream } from '../answer/guard-stream.ts'
import { createAnswerGuard } from '../guard/channels.ts'
import { createEgress } from '../guard/egress.ts'
import { createRestoreTable } from '../guard/restorer.ts'
import { createTally } from '../guard/step.ts'

/** Behind the guard, this request's own values go back into their places, for a caller that may see them. */
export const restore: Stage<OutputGuarded, Restored> = async (context) => {
  const { endpoint, map, restorable, find, tally, body, crossing, upstream } = context
  const table = createRestoreTable(map, restorable)
  const guard = createAnswerGuard(find, table, tally)
  const measure = createAnswerGuard(find, table, createTally())
  const { forms } = context
  const { model, toolNames, isJsonContent } = body
  const isEgress = createEgress(body.text, context.egressTools)
  const answerId = `${endpoint.idPrefix}${crossing}`
  const dialect = endpoint.createDialect({ answerId, model, isJsonContent })
  const documents = createDocumentGuard({ dialect, guard, measure, find, isEgress, forms, answerId, model, toolNames })
  const answer =
    upstream.kind === 'whole'
      ? ({ kind: 'whole', text: await documents.guardWhole(decode(upstream.bytes)) } as const)
      : ({ kind: 'stream', texts: guardStream(upstream.chunks, documents) } as const)
  return { ...context, dialect, answer }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('provider.invalid-answer', { message: 'the answer is not UTF-8', cause })
  }
}
