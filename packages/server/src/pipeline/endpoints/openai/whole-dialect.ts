import { toOpenAiError } from '../../../platform/http/problem.ts'
import type { AnswerDialect } from '../../answer/dialect.ts'
import { invalidAnswer, providerFailed, readObject } from '../../answer/root.ts'
import type { Shape } from '../../walk/shape.ts'

/** Answers that come as one document, with a list of results in `member`, and hold no text that comes in pieces. */
export function createWholeDialect(shape: Shape, member: string): AnswerDialect {
  const noStream = (): never => {
    throw invalidAnswer('a stream where none was asked for')
  }
  return {
    shapes: { whole: shape, event: shape },
    readWhole(text) {
      const root = readObject(text)
      if (Array.isArray(root[member])) return root
      if (root['error'] !== undefined) throw providerFailed()
      throw invalidAnswer('the answer is not what its endpoint answers')
    },
    readEvent: noStream,
    channelOf: noStream,
    isHead: (path) => path.parent?.parent === undefined,
    toEvent: noStream,
    toRest: noStream,
    toError: (error) => `data: ${JSON.stringify(toOpenAiError(error))}\n\n`,
  }
}
