import { createSseDecoder } from '../../platform/http/sse.ts'
import type { DocumentGuard } from './document-guard.ts'
import { invalidAnswer } from './root.ts'

/**
 * The guarded stream: one text for each piece that brought something, and at last what waits for the durable outcome.
 * Throws `provider.invalid-answer` when the provider's stream holds anything its protocol does not know or ends without
 * its end; then nothing that was held back leaves.
 */
export async function* guardStream(
  chunks: AsyncIterable<Uint8Array>,
  documents: DocumentGuard,
): AsyncGenerator<string, string, undefined> {
  const decoder = createSseDecoder()
  for await (const chunk of chunks) {
    let settled = ''
    for (const event of decoder.push(chunk)) {
      const { text, closing } = await documents.guardEvent(event)
      settled += text
      if (closing === undefined) continue
      if (settled !== '') yield settled
      return closing
    }
    if (settled !== '') yield settled
  }
  for (const event of decoder.end()) {
    const { text, closing } = await documents.guardEvent(event)
    if (text !== '') yield text
    if (closing !== undefined) return closing
  }
  throw invalidAnswer('the stream ended early')
}
