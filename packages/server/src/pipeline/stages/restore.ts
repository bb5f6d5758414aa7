import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { OutputGuarded, Restored } from '../context.ts'
import { guardDocuments } from '../answer/guard-documents.ts'
import { guardStream } from '../answer/guard-stream.ts'
import { openKeeping } from '../keep/keeping.ts'

/** Behind the guard, this request's own values go back into their places, for a caller that may see them. */
export const restore: Stage<OutputGuarded, Restored> = async (context, { kept }) => {
  const { upstream } = context
  const { dialect, documents } = guardDocuments(context, context.restorable, context.tally)
  const opening = openKeeping(context, kept)
  const keeping = opening instanceof Promise ? await opening : opening
  if (upstream.kind === 'whole') {
    const text = await documents.guardWhole(decode(upstream.bytes))
    return { ...context, dialect, answer: { kind: 'whole', text }, keeping }
  }
  const chunks = keeping ? keeping.hear(upstream.chunks) : upstream.chunks
  const texts = guardStream(chunks, documents)
  return { ...context, dialect, answer: { kind: 'stream', texts: keeping ? keeping.read(texts) : texts }, keeping }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes)
  } catch (cause) {
    throw new AppError('provider.invalid-answer', { message: 'the answer is not UTF-8', cause })
  }
}
