import { AppError } from '@breakwater/kernel'

const PREFIXES = { file: 'file-', batch: 'batch_' } as const
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Kind = keyof typeof PREFIXES

/** An id in OpenAI's form. */
export function writeId(kind: Kind, id: string): string {
  return `${PREFIXES[kind]}${id}`
}

/** What is no id names no record. Throws `resource.unknown`. */
export function readId(kind: Kind, text: string): string {
  const id = text.startsWith(PREFIXES[kind]) ? text.slice(PREFIXES[kind].length) : ''
  if (UUID.test(id)) return id
  throw new AppError('resource.unknown', { message: `no such ${kind}` })
}
