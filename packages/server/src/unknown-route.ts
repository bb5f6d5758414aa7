import { AppError } from '@breakwater/kernel'
import type { Context } from 'hono'
import { answerError } from './platform/http/problem.ts'

/** Kept on the context as a thrown error would be, so that it is counted as one. */
export function refuseUnknownRoute(c: Context): Response {
  const error = new AppError('route.unknown', { message: 'no such route' })
  c.error = error
  return answerError(error, c)
}
