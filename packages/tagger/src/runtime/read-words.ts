import { WORD_FEATURES } from '../features/columns.ts'
import type { Featurised } from '../features/featurise.ts'
import type { Model, Scores } from '../model/model.ts'
import { NAME_ROLES, TAGS } from '../tags.ts'
import { cutWindows } from './windows.ts'

const WIDTH = WORD_FEATURES.length
/** Words that are read at once, and how many of them two windows share: memory stays bounded whatever the text. */
const WINDOW = 1024
const OVERLAP = 128

/** Reads the words of a text with the word model: a row of tags and roles for each. */
export function createWordReader(model: Model): (text: Featurised) => Scores {
  function readWindow(features: Uint32Array, from: number, to: number): Scores {
    // Rows are far below 2^31: the same bits.
    const data = new Int32Array(features.buffer, features.byteOffset + 4 * from * WIDTH, (to - from) * WIDTH)
    return model.run({ features: { data, dims: [1, to - from, WIDTH] } }, to - from)
  }

  return ({ words: { count }, features }) => {
    if (count === 0) return { tags: new Float32Array(0), roles: new Float32Array(0) }
    if (count <= WINDOW) return readWindow(features, 0, count)
    const all = { tags: new Float32Array(count * TAGS.length), roles: new Float32Array(count * NAME_ROLES.length) }
    for (const { from, to, keepFrom, keepTo } of cutWindows(count, WINDOW, OVERLAP)) {
      const part = readWindow(features, from, to)
      copyRows(part.tags, all.tags, TAGS.length, from, keepFrom, keepTo)
      copyRows(part.roles, all.roles, NAME_ROLES.length, from, keepFrom, keepTo)
    }
    return all
  }
}

function copyRows(
  part: Float32Array,
  all: Float32Array,
  width: number,
  from: number,
  keepFrom: number,
  keepTo: number,
): void {
  all.set(part.subarray((keepFrom - from) * width, (keepTo - from) * width), keepFrom * width)
}
