import type { FindingsMemory } from '../detection/findings-memory.ts'
import type { TextRange } from '../tokens/shape.ts'

/** How a masked text looked when nothing was found to be left in it. */
interface Cleared {
  /** Of the tokens of the request that it was part of. */
  readonly mark: Uint8Array
  /** Where some of these stood in it. */
  readonly tokens: readonly TextRange[]
}

/** Tokens of another request than the asking one, so that values may be others too. */
type Recalled = 'same' | Pick<Cleared, 'tokens'>

/** Masked texts of one tenant that were let go. */
export interface ClearedTexts {
  /** `same` where the mark is the same. */
  recall(text: string, mark: Uint8Array): Recalled | undefined
  remember(text: string, cleared: Cleared): void
}

const CONTEXT = 'cleared'
const MARK_BYTES = 32
const NUMBER_BYTES = 4

/** Keeps them as findings are kept: places only, within the same bounds, for the same time. */
export function createClearedTexts(memory: FindingsMemory, tenant: string): ClearedTexts {
  // The text that is remembered is the one that was asked for.
  let asked = ''
  let key = ''
  const keyOf = (text: string): string => {
    if (text !== asked || key === '') key = memory.keyOf(tenant, CONTEXT, text)
    asked = text
    return key
  }
  return {
    recall: (text, mark) => memory.get(tenant, keyOf(text), (bytes) => unpack(bytes, mark)),
    remember: (text, cleared) => memory.set(tenant, keyOf(text), pack(cleared)),
  }
}

function pack({ mark, tokens }: Cleared): Uint8Array {
  const bytes = new Uint8Array(MARK_BYTES + 2 * NUMBER_BYTES * tokens.length)
  bytes.set(mark)
  const places = new DataView(bytes.buffer, MARK_BYTES)
  for (const [index, { start, end }] of tokens.entries()) {
    places.setUint32(2 * NUMBER_BYTES * index, start)
    places.setUint32(2 * NUMBER_BYTES * index + NUMBER_BYTES, end)
  }
  return bytes
}

function unpack(bytes: Uint8Array<ArrayBuffer>, mark: Uint8Array): Recalled {
  if (mark.every((byte, at) => bytes[at] === byte)) return 'same'
  const places = new DataView(bytes.buffer, bytes.byteOffset + MARK_BYTES, bytes.byteLength - MARK_BYTES)
  return {
    tokens: Array.from({ length: places.byteLength / (2 * NUMBER_BYTES) }, (_, index) => ({
      start: places.getUint32(2 * NUMBER_BYTES * index),
      end: places.getUint32(2 * NUMBER_BYTES * index + NUMBER_BYTES),
    })),
  }
}
