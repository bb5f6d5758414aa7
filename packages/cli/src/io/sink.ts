import type { Writable } from 'node:stream'

/** Writes text in batches and waits whenever the other side is slower. */
export interface Sink {
  readonly write: (text: string) => Promise<void>
  /** Hands over what is batched. */
  flush(): Promise<void>
}

const BATCH_UNITS = 64 * 1024

export function createSink(stream: Writable): Sink {
  let batch: string[] = []
  let batched = 0
  let failure: Error | undefined
  let wake: (() => void) | undefined
  stream.on('error', (error) => {
    failure ??= error
    wake?.()
  })
  stream.on('drain', () => wake?.())

  async function flush(): Promise<void> {
    if (failure) throw failure
    if (batched === 0) return
    const text = batch.join('')
    batch = []
    batched = 0
    if (!stream.write(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = undefined
    }
    if (failure) throw failure
  }
  return {
    async write(text) {
      batch.push(text)
      batched += text.length
      if (batched >= BATCH_UNITS) await flush()
    },
    flush,
  }
}
