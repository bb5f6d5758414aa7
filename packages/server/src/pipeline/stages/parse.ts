import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { Stage } from '../chain.ts'
import type { Authenticated, Parsed } from '../context.ts'
import { collectLabels } from '../labels.ts'
import { readPatient } from '../patient.ts'

const MAX_HEADER_CHARS = 256

/** The body within bounds: bytes, UTF-8, depth, one reading, declared types; media and refused features end here. */
export const parse: Stage<Authenticated, Parsed> = async (context, { limits }) => {
  const { headers } = context.exchange.credentials
  const conversation = readScope(headers, 'Breakwater-Conversation')
  const { scope: patient, known, labels: ofPatient } = readPatient(headers)
  requirePlain(headers)
  const bytes = await context.exchange.readBytes(limits.maxBodyBytes)
  const body = context.endpoint.readBody(decode(bytes), limits.maxDepth)
  const ofCaller = [...(context.principal.labels ?? []), ...ofPatient]
  const labels = collectLabels({ headers, ofCaller, leaves: body.leaves })
  return { ...context, conversation, patient, known, labels, body }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes)
  } catch {
    throw new AppError('body.invalid-utf8', { message: 'the body is not UTF-8' })
  }
}

/** What is compressed is bounded by nothing until it is unpacked. */
function requirePlain(headers: Credentials['headers']): void {
  const coding = headers.get('Content-Encoding') ?? ''
  if (/^(?:identity)?$/i.test(coding)) return
  throw new AppError('body.media-refused', {
    message: 'Content-Encoding: a body is taken as it is, not compressed',
    field: 'Content-Encoding',
  })
}

/** A scope that the caller declares. It goes into keyed hashes only. */
function readScope(headers: Credentials['headers'], name: string): string | undefined {
  const value = headers.get(name)
  if (value === null || value === '') return undefined
  if (value.length <= MAX_HEADER_CHARS) return value
  throw new AppError('body.invalid', { message: `${name}: longer than ${MAX_HEADER_CHARS} characters`, field: name })
}
