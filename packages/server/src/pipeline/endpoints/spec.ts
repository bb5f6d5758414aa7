import type { EndpointId } from '@breakwater/contract'
import type { AnswerDialect, AnswerHead } from '../answer/dialect.ts'
import type { ParsedBody } from '../parsed-body.ts'
import type { Shape } from '../walk/shape.ts'

/** One operation through which something crosses: how its requests are read and its answers are written. */
export interface EndpointSpec {
  /** As agreements, policies and the ledger name it. */
  readonly id: EndpointId
  /** Of the POST. */
  readonly path: string
  /** What is declared of a body; whatever it does not declare is scanned. */
  readonly request: Shape
  /** Throws `body.*` with a field of declared names and a rule, never a value. */
  readBody(text: string, maxDepth: number): ParsedBody
  /** Begins the ids that stand in the place of the provider's. */
  readonly idPrefix: string
  createDialect(head: AnswerHead): AnswerDialect
}
