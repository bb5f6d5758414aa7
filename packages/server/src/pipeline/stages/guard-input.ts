import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Minimised } from '../context.ts'
import { pointerOf } from '../walk/path.ts'

/** Text that a person does not see and a model reads: tags, selectors in a row (each can stand for a byte), bidi marks. */
const HIDDEN = /[\u{e0000}-\u{e007f}]|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2}|[\u202a-\u202e\u2066-\u2069]/u
/** The one honest use of tag characters: the flags of England, Scotland and Wales. */
const FLAGS = ['gbeng', 'gbsct', 'gbwls'].map((region) => `\u{1f3f4}${toTags(region)}\u{e007f}`)
const FLAG = new RegExp(FLAGS.join('|'), 'gu')

/** Reads what the caller sent, unmasked and in this process: text that hides from readers and from detectors goes no further. */
export const guardInput: Stage<Minimised, Minimised> = (context) => {
  for (const { kind, value, path } of context.body.leaves) {
    if (kind === 'number' || !hidesText(value)) continue
    const field = pointerOf(path)
    throw new AppError('guard.input-blocked', { message: `${field}: holds invisible characters`, field })
  }
  return context
}

function hidesText(value: string): boolean {
  return HIDDEN.test(value) && HIDDEN.test(value.replace(FLAG, ' '))
}

function toTags(region: string): string {
  return String.fromCodePoint(...Array.from(region, (letter) => 0xe0000 + letter.charCodeAt(0)))
}
