import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { createSpanishTagger, type SpanishTagger } from './tagger.ts'

/** The Spanish weights that come with this package. */
export const SPANISH_WEIGHTS: string = join(import.meta.dirname, '..', '..', 'weights', 'es')

/** Reads a folder of Spanish weights and makes the tagger: once per process. Throws `detector.unavailable`. */
export function loadSpanishTagger(folder: string = SPANISH_WEIGHTS): SpanishTagger {
  return createSpanishTagger(readFolder(folder))
}

function readFolder(folder: string): { meta: Buffer; weights: Buffer } {
  try {
    return { meta: readFileSync(join(folder, 'meta.json')), weights: readFileSync(join(folder, 'crf.bin')) }
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'The Spanish weights cannot be read.', cause })
  }
}
