import type { OutputGuarded } from '../context.ts'
import { createAnswerGuard } from '../guard/channels.ts'
import { createEgress } from '../guard/egress.ts'
import { createRestoreTable } from '../guard/restorer.ts'
import { createTally } from '../guard/step.ts'
import type { GuardTally } from '../guard/step.ts'
import type { AnswerDialect } from './dialect.ts'
import { createDocumentGuard } from './document-guard.ts'
import type { DocumentGuard } from './document-guard.ts'
import { createLocator } from './locate.ts'

interface Guarding {
  readonly dialect: AnswerDialect
  readonly documents: DocumentGuard
}

/** The guard of one answer, which puts values of these classes back and counts what it does. */
export function guardDocuments(context: OutputGuarded, restorable: ReadonlySet<string>, tally: GuardTally): Guarding {
  const { endpoint, map, find, body, crossing, forms, maskedBody } = context
  const table = createRestoreTable(map, restorable)
  const guard = createAnswerGuard(find, table, tally)
  const measure = createAnswerGuard(find, table, createTally())
  const { model, toolNames, isJsonContent } = body
  const isEgress = createEgress(body.text, context.egressTools)
  const answerId = `${endpoint.idPrefix}${crossing}`
  const request = { own: body.text, sent: maskedBody, locate: createLocator(map) }
  const dialect = endpoint.createDialect({ answerId, model, isJsonContent, request })
  return {
    dialect,
    documents: createDocumentGuard({ dialect, guard, measure, find, isEgress, forms, answerId, model, toolNames }),
  }
}
