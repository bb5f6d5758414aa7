import { AppError } from '@breakwater/kernel'
import type { Dispatcher } from 'undici'
import { MAX_REST_BYTES, MAX_REST_MS } from './whole-answer.ts'

export function hasType({ headers }: Dispatcher.ResponseData, type: string): boolean {
  return String(headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith(type)
}

/** The bytes of a stream as they come. Throws `provider.invalid-answer` for one that has no end. */
export async function* readChunks(
  { body }: Dispatcher.ResponseData,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sizeBytes = 0
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw new AppError('provider.invalid-answer', { message: 'the answer is too long' })
    yield chunk
  }
}

/** Reads the little that may be left, so that the connection can serve again; drops it when there is more. */
export function letGo({ body }: Dispatcher.ResponseData): void {
  if (body.readableEnded) return
  body.on('error', () => undefined)
  // Not AbortSignal.timeout: what is registered to be finalised, V8 keeps until it collects all of its heap.
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), MAX_REST_MS)
  body
    .dump({ limit: MAX_REST_BYTES, signal: late.signal })
    .catch(() => body.destroy())
    .finally(() => clearTimeout(timer))
}

/** What an error says of itself, as far as it comes soon and is short; the rest is dropped. */
export async function readRest({ body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  const timer = setTimeout(() => body.destroy(), MAX_REST_MS)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > MAX_REST_BYTES) break
      parts.push(chunk)
    }
  } catch {
    // What came until then is all there is.
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(parts)
}
