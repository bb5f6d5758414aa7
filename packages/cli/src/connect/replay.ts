import { Readable } from 'node:stream'

/** A request's body that can be read a second time as long as it is not too long to keep. */
export interface Replay {
  /** From the first byte on. The reader before, if there was one, must be done with. */
  open(): Readable
  /** Whether all that was read so far is still here. */
  isWhole(): boolean
}

export function createReplay(source: Readable, maxBytes: number): Replay {
  const iterator: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  const kept: Buffer[] = []
  let dropped = 0
  let bytes = 0
  let isDone = false
  let pulling: Promise<void> | undefined

  /** What arrives is kept before anybody reads it: a reader that gives up loses nothing. */
  async function pull(): Promise<void> {
    const next = await iterator.next()
    if (next.done === true) {
      isDone = true
      return
    }
    bytes += next.value.length
    kept.push(next.value)
  }

  async function* read(): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      const chunk = kept[at - dropped]
      if (chunk) {
        at++
        if (bytes > maxBytes) dropped += kept.splice(0, at - dropped).length
        yield chunk
      } else if (isDone) return
      else {
        pulling ??= pull().finally(() => {
          pulling = undefined
        })
        await pulling
      }
    }
  }

  return { open: () => Readable.from(read(), { objectMode: false }), isWhole: () => dropped === 0 }
}
