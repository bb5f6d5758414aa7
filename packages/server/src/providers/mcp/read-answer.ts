import { AppError } from '@breakwater/kernel'
import { createSseDecoder } from '../../platform/http/sse.ts'

/**
 * The one JSON-RPC response in an answer of the streamable HTTP transport, which is JSON or a stream of events. Progress
 * and logs on the way are dropped; a server that asks its client for something gets no answer and ends the call.
 */
export function readResponse(bytes: Uint8Array, isStream: boolean): Uint8Array {
  if (!isStream) return bytes
  const decoder = createSseDecoder()
  for (const { name, data } of decoder.push(bytes)) {
    // An event without data begins a stream that can be resumed.
    if (data === '') continue
    const message: unknown = JSON.parse(data)
    if (name !== 'message' || typeof message !== 'object' || message === null) throw invalid()
    if ('result' in message || 'error' in message) return Buffer.from(data)
    if ('id' in message) throw invalid()
  }
  throw invalid()
}

function invalid(): AppError {
  return new AppError('provider.invalid-answer', { message: 'the answer is not one response of the protocol' })
}
