import { toFields } from './answer.ts'

/**
 * What may be kept of an SDK's error: its name and codes. The error itself holds the request, and that the key in the
 * clear, the access token and the service's text.
 */
export function toCause(error: unknown): Error {
  const { name, code, statusCode, status } = toFields(error)
  const parts = [name, code, statusCode ?? status].filter((part) => typeof part === 'number' || isWord(part))
  return new Error(parts.join(' ') || 'unknown')
}

function isWord(part: unknown): boolean {
  return typeof part === 'string' && /^\w{1,64}$/.test(part)
}
