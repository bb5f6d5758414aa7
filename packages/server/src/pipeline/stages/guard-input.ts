import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Agreed } from '../context.ts'
import { pointerOf } from '../walk/path.ts'

/** Text that a person does not see and a model reads. Flags of regions are the one honest use of tag characters. */
const HIDDEN = /(?<!\u{1f3f4}[\u{e0000}-\u{e007f}]*)[\u{e0000}-\u{e007f}]|[\u202a-\u202e\u2066-\u2069]/u

/** Reads what the caller sent, unmasked and in this process: text that hides from readers and from detectors goes no further. */
export const guardInput: Stage<Agreed, Agreed> = (context) => {
  for (const { kind, value, path } of context.body.leaves) {
    if (kind === 'number' || !HIDDEN.test(value)) continue
    const field = pointerOf(path)
    throw new AppError('guard.input-blocked', { message: `${field}: holds invisible characters`, field })
  }
  return context
}
