import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import type { Bytes } from './chunked.ts'
import type { Envelope } from './envelope.ts'
import type { FilePlace } from './file-cipher.ts'

/**
 * Writes a file encrypted: whole and durable, or not at all. What lies beside it while it is written is ciphertext too;
 * plaintext touches memory only. Mode 0600 in a folder of mode 0700.
 */
export async function writeSealedFile(
  envelope: Envelope,
  path: string,
  place: FilePlace,
  source: Bytes,
): Promise<void> {
  const dir = dirname(path)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = join(dir, `.${crypto.randomUUID()}`)
  try {
    await sync(await open(draft, 'wx', 0o600), envelope.sealFile(place, source))
    await rename(draft, path)
    await sync(await open(dir, 'r'))
  } finally {
    await rm(draft, { force: true })
  }
}

async function sync(file: Awaited<ReturnType<typeof open>>, content?: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    if (content) await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The plaintext as a stream: of each piece the tag was checked, of the end only once the stream has ended. */
export function readSealedFile(envelope: Envelope, path: string, place: FilePlace): AsyncGenerator<Uint8Array> {
  return envelope.openFile(place, createReadStream(path))
}

/**
 * The plaintext of a stream whole, for what must not be used in part: nothing is handed out before the end was checked.
 * Throws `body.too-large` above `maxBytes`.
 */
export async function openWhole(
  envelope: Envelope,
  place: FilePlace,
  source: Bytes,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of envelope.openFile(place, source)) {
    sizeBytes += part.length
    if (sizeBytes > maxBytes) {
      throw new AppError('body.too-large', { message: `an encrypted file of more than ${maxBytes} bytes` })
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
