import type { AnswerReader } from './answer.ts'
import type { ChunkWriter } from './write-chunks.ts'

/** Cuts a provider's bytes into events: server-sent ones or AWS's frames. */
export interface EventDecoder {
  /** The events that these bytes complete. Throws `provider.*`. */
  push(bytes: Uint8Array): readonly { readonly name: string; readonly data: string }[]
  /** The bytes have ended. Throws `provider.invalid-answer` when an event has not. */
  end?(): void
}

const encoder = new TextEncoder()

/** A provider's stream as one of `chat.completions`, up to `[DONE]`. Throws `provider.*`; then nothing more comes. */
export async function* translateStream(
  chunks: AsyncIterable<Uint8Array>,
  {
    decoder,
    reader,
    writer,
  }: { readonly decoder: EventDecoder; readonly reader: AnswerReader; readonly writer: ChunkWriter },
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    let text = ''
    for (const event of decoder.push(chunk)) text += writer.push(reader.push(event))
    if (text !== '') yield encoder.encode(text)
  }
  decoder.end?.()
  const rest = writer.push(reader.end())
  yield encoder.encode(rest + writer.end())
}
