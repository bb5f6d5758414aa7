import type { AnswerDialect } from '../chat/answer.ts'
import { createMessageReader } from './read-events.ts'
import { readMessage } from './read-message.ts'

/** How Claude answers, whoever hosts it. */
export const MESSAGES_DIALECT: AnswerDialect = { readWhole: readMessage, createReader: createMessageReader }
