import { AppError } from '@breakwater/kernel'
import type { DocumentGuard } from './document-guard.ts'
import { createSseDecoder } from './sse.ts'

const DONE = '[DONE]'

export function toSse(document: string): string {
  return `data: ${document}\n\n`
}

/**
 * The guarded stream, up to but without `[DONE]`: one text for each piece that brought something. Throws
 * `provider.invalid-answer` when the provider's stream holds anything but completions or ends without `[DONE]`; then
 * nothing that was held back leaves.
 */
export async function* guardStream(
  chunks: AsyncIterable<Uint8Array>,
  documents: DocumentGuard,
): AsyncGenerator<string, void, undefined> {
  const decoder = createSseDecoder()
  for await (const chunk of chunks) {
    let settled = ''
    for (const { name, data } of decoder.push(chunk)) {
      if (name !== 'message') throw invalid('an event of an unknown kind')
      if (data === DONE) {
        for (const document of documents.flush()) settled += toSse(document)
        if (settled !== '') yield settled
        return
      }
      for (const document of documents.guardEvent(data)) settled += toSse(document)
    }
    if (settled !== '') yield settled
  }
  throw invalid('the stream ended early')
}

function invalid(message: string): AppError {
  return new AppError('provider.invalid-answer', { message })
}
