import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { createScorer, createTagger, type EnglishTagger, type Scorer, type TaggerOptions } from './runtime/tagger.ts'

/** The weights that come with this package. */
export const ENGLISH_WEIGHTS: string = join(import.meta.dirname, '..', 'weights', 'en')

/**
 * Reads a folder of weights (default: English) and the dictionaries and makes the tagger. Takes up to a second and keeps
 * about 100 MB: once per process or worker. Throws `detector.unavailable` when the folder is not such weights.
 */
export function loadTagger(
  folder: string = ENGLISH_WEIGHTS,
  options: Pick<TaggerOptions, 'withPieces'> = {},
): EnglishTagger {
  return createTagger({ ...readWeights(folder), ...options })
}

/** The models of a folder without their thresholds: for choosing those (training/thresholds.ts). */
export function loadScorer(folder: string, options: Pick<TaggerOptions, 'withPieces'> = {}): Scorer {
  return createScorer({ ...readWeights(folder), ...options })
}

function readWeights(folder: string): Pick<TaggerOptions, 'weights' | 'gazetteer'> {
  try {
    const names = readdirSync(folder).filter((name) => /\.(?:json|onnx|txt)$/.test(name))
    const weights = new Map(names.map((name) => [name, readFileSync(join(folder, name))]))
    return {
      weights,
      gazetteer: readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin')),
    }
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'The weights of the tagger cannot be read.', cause })
  }
}
