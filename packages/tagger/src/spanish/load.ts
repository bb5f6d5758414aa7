import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { createSpanishTagger, type SpanishTagger } from './tagger.ts'

/** The Spanish weights that come with this package. */
export const SPANISH_WEIGHTS: string = join(import.meta.dirname, '..', '..', 'weights', 'es')

/** Makes the tagger from a folder of Spanish weights, which are read at the first text: once per process. Throws `detector.unavailable`. */
export function loadSpanishTagger(folder: string = SPANISH_WEIGHTS): SpanishTagger {
  const read = (name: string): Buffer => readOne(join(folder, name))
  return createSpanishTagger({ meta: read('meta.json'), weights: () => read('crf.bin') })
}

function readOne(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'The Spanish weights cannot be read.', cause })
  }
}
